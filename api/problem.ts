import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import type { ZodError } from 'zod';
import { CodedError, PROBLEMS, type Problem, type ProblemCode, problemOf, retryAfterOf } from '../model/problem.ts';
import { JournalUnavailable } from '../storage/journal/port.ts';
import { StoreUnavailable } from '../storage/telemetry/port.ts';

/** Answers a coded error as problem details (RFC 9457). */
export function problemResponse(c: Context, error: CodedError): Response {
  const { status } = PROBLEMS[error.code];
  const retryAfter = retryAfterOf(error);
  return c.body(JSON.stringify(problemOf(error, c.req.path)), status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="city"' } : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  });
}

/** What a failed schema found, each fault by the path of what is wrong; unknown names are named. */
export function faultsOf(error: ZodError): NonNullable<Problem['errors']> {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map(String);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...at, key].join('.'), message: 'nothing of this name is known here' }));
    return [{ path: at.join('.'), message: issue.message }];
  });
}

/** The invalid-request error of a failed schema; `where` names the part of the request. */
export function invalid(error: ZodError, where?: string, code: ProblemCode = 'invalid-request'): CodedError {
  const errors = faultsOf(error);
  const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new CodedError(code, where ? `${where}: ${detail}` : detail, errors);
}

const HTTP_CODES: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed-json',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

/** The coded error behind anything thrown; undefined where it is a fault of ours. */
function coded(error: Error): CodedError | undefined {
  if (error instanceof CodedError) return error;
  if (error instanceof StoreUnavailable) return new CodedError('store-unavailable');
  if (error instanceof JournalUnavailable) return new CodedError('overloaded');
  if (error instanceof HTTPException) {
    const code = HTTP_CODES[error.status];
    return code && new CodedError(code);
  }
  return undefined;
}

/** The one error handler: what is not coded is logged whole and answered without a word of it. */
export function errorHandler(log: Logger): ErrorHandler {
  return (error, c) => {
    const known = coded(error);
    if (known) return problemResponse(c, known);
    // Broken off because nobody waits for it: no fault of anybody.
    if (c.req.raw.signal.aborted) return new Response(null, { status: 499 });
    log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed');
    return problemResponse(c, new CodedError('internal'));
  };
}

export const notFoundHandler: NotFoundHandler = (c) => problemResponse(c, new CodedError('not-found'));

/** For hono's methodNotAllowed: 405 with the methods there are (RFC 9110, section 15.5.6). */
export function methodNotAllowedResponse(c: Context, methods: string[]): Response {
  const response = problemResponse(c, new CodedError('method-not-allowed', `here are ${methods.join(', ')}`));
  response.headers.set('allow', methods.join(', '));
  return response;
}
