import type { OpenAPIHono } from '@hono/zod-openapi';
import { tooMany } from '../openapi.ts';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
const PROBLEM = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
const SECONDS = { schema: { type: 'integer' as const }, description: 'Seconds to wait.' };

/** The document with the answer that every operation below `base` may give to who asks too often, where it has none of its own. */
export function withRateLimits(document: Document, base: string): Document {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if (!path.startsWith(base)) continue;
    for (const method of METHODS) {
      const responses = item[method]?.responses;
      if (responses) responses['429'] ??= { ...tooMany[429], content: PROBLEM, headers: { 'Retry-After': SECONDS } };
    }
  }
  return document;
}
