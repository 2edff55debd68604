import { instant, type Observation, viewOf } from '../../model/observation.ts';

/** How observations are written as text, line by line. */
export interface TextFormat {
  readonly type: string;
  readonly head: string;
  line(observation: Observation): string;
}

const number = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** RFC 4180 but for its line ends; no value has a comma, a quote or a line break. Flags stand between spaces. */
const csv: TextFormat = {
  type: 'text/csv; charset=utf-8',
  head: 'time,device,metric,value,quality,received,flags,longitude,latitude\n',
  line({ time, device, metric, value, quality, received, flags, position }) {
    const place = `${number(position?.[0])},${number(position?.[1])}`;
    const facts = `${value},${quality},${instant(received)},${flags.join(' ')}`;
    return `${instant(time)},${device},${metric},${facts},${place}\n`;
  },
};

/** An observation as the API writes it on each line. */
const ndjson: TextFormat = {
  type: 'application/x-ndjson',
  head: '',
  line: (observation) => `${JSON.stringify(viewOf(observation))}\n`,
};

export const TEXT_FORMATS = { csv, ndjson } as const;

/**
 * A body that is written as it is read: a page is asked for when the one before went out, and none any more when nobody
 * reads. `ended` is called once, however it ends.
 */
export function textBody(
  format: TextFormat,
  pages: AsyncIterator<readonly Observation[]>,
  ended: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let head = format.head;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await pages.next();
          const text = `${head}${done ? '' : value.map(format.line).join('')}`;
          head = '';
          if (text !== '') controller.enqueue(encoder.encode(text));
          if (!done) return;
          controller.close();
          ended();
        } catch (error) {
          ended();
          // The connection breaks off: whoever reads knows that there was more.
          controller.error(error);
        }
      },
      async cancel() {
        ended();
        await pages.return?.(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}
