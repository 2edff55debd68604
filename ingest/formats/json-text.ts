import type { Rejection } from '../rejection.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON value that a payload says, or why it says none. Never throws. */
export function parseJsonText(payload: Uint8Array): { readonly value: unknown } | Rejection {
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return { reason: 'not-utf8', detail: 'the payload is not UTF-8' };
  }
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { reason: 'malformed-json', detail: error instanceof SyntaxError ? error.message : 'not JSON' };
  }
}
