import { z } from 'zod';

/** Every error the API can answer: code, HTTP status and title. Codes are append-only. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one of this list' },
  unauthorized: { status: 401, title: 'A valid key or credential is needed' },
  forbidden: { status: 403, title: 'The key or credential does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'It exists already' },
  'not-now': { status: 409, title: 'This cannot be done as things are' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'invalid-device': { status: 422, title: 'The device is not valid' },
  'invalid-areas': { status: 422, title: 'The areas are not valid' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'no-room': { status: 507, title: 'The disk has too little room' },
  overloaded: { status: 503, title: 'The city cannot take more right now' },
  'store-unavailable': { status: 503, title: 'The telemetry store does not answer' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 problem details, with the code and, where a request was invalid, what was wrong where. */
export const Problem = z
  .object({
    type: z.string().meta({ example: 'about:blank' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** An error that may leave the process: its code and detail are meant for whoever asked. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];
  /** Seconds after which to come again, where the status asks for that. */
  readonly retryAfter: number | undefined;
  constructor(code: ProblemCode, detail?: string, errors?: Problem['errors'], retryAfter?: number) {
    super(detail ?? PROBLEMS[code].title);
    this.code = code;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** Seconds a client is asked to wait where we cannot serve for now. */
const RETRY_AFTER = 5;

/** Seconds for the Retry-After header (RFC 9110, section 10.2.3); undefined where coming again changes nothing. */
export function retryAfterOf({ code, retryAfter }: CodedError): number | undefined {
  const { status } = PROBLEMS[code];
  return status === 503 || status === 429 ? (retryAfter ?? RETRY_AFTER) : retryAfter;
}

/** The problem document of a coded error. */
export function problemOf(error: CodedError, instance?: string): Problem {
  const { status, title } = PROBLEMS[error.code];
  return {
    type: `/api/v1/problems/${error.code}`,
    title,
    status,
    code: error.code,
    ...(error.message === title ? {} : { detail: error.message }),
    ...(instance === undefined ? {} : { instance }),
    ...(error.errors ? { errors: error.errors } : {}),
  };
}
