import { type Logger, pino } from 'pino';

/** The city's log: one JSON object a line on stderr, so that stdout says only what people wait for. Secrets never enter it. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['password', 'secret', 'token', 'key', '*.password', '*.secret', '*.token', 'headers.authorization'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
