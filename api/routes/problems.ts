import { createRoute, z } from '@hono/zod-openapi';
import { CodedError, PROBLEMS, type ProblemCode } from '../../model/problem.ts';
import { badRequest, json, NoQuery, notFound, unauthorized } from '../openapi.ts';
import { createRouter } from '../router.ts';

/** What whoever gets the problem can do about it. */
const ADVICE: Readonly<Record<ProblemCode, string>> = {
  'invalid-request':
    'A parameter or the body is wrong; `errors` names what is. Correct it, the same request fails again.',
  'malformed-json': 'The body does not parse as JSON (RFC 8259). Nothing was done.',
  'invalid-cursor':
    'A cursor is good for the list and the filters it came from only. Begin again without it; the limit may change.',
  unauthorized:
    'Send `Authorization: Bearer <id>.<secret>`, or, as a device, its user name and password (Basic). A wrong key is refused even where none is needed.',
  forbidden: 'The key or credential is good, but not for this: it lacks the scope that `detail` names.',
  'not-found': 'The path or what it names does not exist.',
  'method-not-allowed': 'The path exists; the Allow header names its methods.',
  conflict: 'An id is taken already; `detail` names it. Choose another, or change what is there.',
  'not-now': '`detail` says what stands in the way. Nothing was done; when that has changed the same request succeeds.',
  'payload-too-large': 'Send less at once.',
  'unsupported-media-type': 'The Content-Type is missing or none that this path takes.',
  'invalid-device': 'The device does not fit the catalogue; `errors` names what. Nothing was registered.',
  'invalid-areas':
    'The GeoJSON does not hold areas as they must be; `errors` names the features and what is wrong. Nothing was changed.',
  'too-many-requests': 'Slow down; Retry-After says for how long.',
  internal: 'The fault is ours and was logged. The same request may succeed later.',
  'no-room': 'Nothing was done. Make room on the disk of the data directory, then ask again.',
  overloaded: 'Nothing was accepted. Send it again after the time in Retry-After.',
  'store-unavailable':
    'Reading history is not possible for now. What devices send is accepted and kept meanwhile. Ask again after the time in Retry-After.',
};

const titles = new Map(Object.entries(PROBLEMS));
const advices = new Map(Object.entries(ADVICE));

const Explanation = z
  .object({ code: z.string(), status: z.number().int(), title: z.string(), advice: z.string() })
  .meta({ id: 'ProblemExplanation' });

const route = createRoute({
  method: 'get',
  path: '/problems/{code}',
  tags: ['vocabulary'],
  summary: 'What a problem’s `type` points to',
  request: { params: z.object({ code: z.string().meta({ example: 'invalid-request' }) }), query: NoQuery },
  responses: { 200: json(Explanation, 'The explanation'), ...badRequest, ...unauthorized, ...notFound },
});

/** The errors of the API, explained. */
export function problemRoutes() {
  return createRouter().openapi(route, (c) => {
    const { code } = c.req.valid('param');
    const problem = titles.get(code);
    const advice = advices.get(code);
    if (!problem || advice === undefined) throw new CodedError('not-found', `there is no problem ${code}`);
    return c.json({ code, ...problem, advice }, 200);
  });
}
