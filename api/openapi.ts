import { z } from 'zod';
import { Problem } from '../model/problem.ts';

/** A JSON answer. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** A page of a list: `next` is the cursor of the page behind it, null on the last. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** The query of a route that takes none: anything given is refused by name. */
export const NoQuery = z.strictObject({});

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

export const unauthorized = { 401: problem('A valid key is needed') };
const forbidden = { 403: problem('The key does not allow this') };
export const badRequest = { 400: problem('The request is not valid') };
export const notFound = { 404: problem('There is no such thing') };
export const conflict = { 409: problem('It exists already') };
export const notNow = { 409: problem('This cannot be done as things are') };
export const noRoom = { 507: problem('The disk has too little room') };
export const tooLarge = { 413: problem('The body is too large') };
export const tooMany = { 429: problem('Too many at once; try again later') };
export const wrongMedia = { 415: problem('The media type is not supported') };
export const invalidDevice = { 422: problem('The device is not valid') };
export const invalidAreas = { 422: problem('The areas are not valid') };
export const unavailable = { 503: problem('The city cannot serve this right now; see Retry-After') };

/** What any reading of data may answer besides the data. */
export const readProblems = { ...badRequest, ...unauthorized, ...forbidden, ...unavailable };
/** What anything that needs a key may answer besides. */
export const keyProblems = { ...badRequest, ...unauthorized, ...forbidden };

/** Operations that a key or a session opens, and that may be open to all. */
export const openSecurity = [{}, { key: [] }, { session: [] }];
export const keySecurity = [{ key: [] }, { session: [] }];

/** Security schemes of the document (OpenAPI 3.1, section 4.8.27). */
export const SECURITY_SCHEMES = {
  key: { type: 'http', scheme: 'bearer', description: 'An API key: `<id>.<secret>`.' },
  session: { type: 'apiKey', in: 'cookie', name: 'session', description: 'From POST /api/v1/session, for the page.' },
} as const;
