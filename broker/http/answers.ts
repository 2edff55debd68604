import type { Context } from 'hono';
import { CodedError, PROBLEMS, Problem, type ProblemCode, problemOf, retryAfterOf } from '../../model/problem.ts';
import type { Format } from '../../model/topic.ts';
import type { Principal } from '../../storage/registry/port.ts';
import type { BrokerConfig } from '../config.ts';
import type { Gate } from '../gate.ts';

/** A problem document (RFC 9457), with the challenge (RFC 9110, section 11.6.1) where a credential is missing or wrong. */
export function problemResponse(c: Context, error: CodedError, challenge: string): Response {
  const { status } = PROBLEMS[error.code];
  const retryAfter = retryAfterOf(error);
  return c.body(JSON.stringify(problemOf(error, c.req.path)), status, {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  });
}

/** A problem as the OpenAPI document describes it. */
export const problemAnswer = (code: ProblemCode) => ({
  description: PROBLEMS[code].title,
  content: { 'application/problem+json': { schema: Problem } },
});

/** Nothing is taken beside the body but what is `known`: a parameter that did nothing would hide a sender's mistake. */
export function refuseParameters(url: string, known: readonly string[] = []): void {
  const given = [...new Set(new URL(url).searchParams.keys())].filter((name) => !known.includes(name));
  if (given.length === 0) return;
  const errors = given.map((path) => ({ path, message: 'there is no such parameter' }));
  throw new CodedError('invalid-request', `there is no parameter ${given.join(', ')}`, errors);
}

/** For hono's bodyLimit. */
export const tooLarge = (bytes: number) => () => {
  throw new CodedError('payload-too-large', `a message has at most ${bytes} bytes`);
};

/** Waits for the flush, but no longer than a client would be kept over MQTT. Rejects with CodedError `overloaded`. */
export async function journalled(
  gate: Pick<Gate, 'append'>,
  { commitGiveUpMs }: Pick<BrokerConfig, 'commitGiveUpMs'>,
  principal: Principal,
  body: Uint8Array,
  format: Format,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no commit in time')), commitGiveUpMs);
  });
  try {
    await Promise.race([gate.append(principal, body, format), late]);
  } catch {
    throw new CodedError('overloaded', 'the journal did not take the message: send it again');
  } finally {
    clearTimeout(timer);
  }
}
