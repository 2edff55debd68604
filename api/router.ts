import { OpenAPIHono } from '@hono/zod-openapi';
import type { ZodError } from 'zod';
import type { ApiEnv } from './env.ts';
import { invalid } from './problem.ts';

/** A router whose failed validations are answered as problem details naming each fault. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result: { success: boolean; error?: ZodError }) => {
      if (result.error) throw invalid(result.error);
    },
  });
}
