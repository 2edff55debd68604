import { createRoute, z } from '@hono/zod-openapi';
import { CodedError } from '../../model/problem.ts';
import { createAggregator } from '../aggregates/aggregate.ts';
import { json, openSecurity, readProblems } from '../openapi.ts';
import { createProfiles, KEEP_MS } from '../profile/profile.ts';
import { INHABITANTS, ProfileView } from '../profile/view.ts';
import { instantParam, simulated, within } from '../query.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/profile',
  tags: ['data'],
  summary: 'An area in figures of every domain: a ward, the city, or what somebody drew',
  description: [
    'What a planner wants to know of an area, by active devices, each figure over the last hour or day as its metric’s row',
    'aggregates it (as GET /api/v1/aggregates does for the same range), with how complete it is, and the same span of the',
    `week before. Totals are told per ${INHABITANTS} inhabitants too where the population is known. A ward is ranked among`,
    'the wards that have a figure, whether or not it is complete: totals by inhabitants, all else by value. A drawn area has',
    'neither inhabitants nor rank, for nobody has counted who lives in it. What moves counts by where each observation was',
    'made, and among the devices by where it was last seen. An index is told of its newest hour, the one under way or the',
    'one before. Figures that need another key are left out and counted in `hidden`. Figures are up to',
    `${KEEP_MS / 1_000} seconds old; \`time\` says when they were read.`,
  ].join(' '),
  security: openSecurity,
  request: {
    query: z.strictObject({
      area: z
        .string()
        .optional()
        .meta({
          param: { description: 'An area of GET /api/v1/areas; either this or `within`.' },
          example: 'hoan-kiem',
        }),
      within,
      simulated,
      to: instantParam('The spans end before it; by default now. The devices are those of now in any case.'),
    }),
  },
  responses: { 200: json(ProfileView, 'The area in figures'), ...readProblems },
});

/** What there is to know of an area, in one call. */
export function profileRoutes(services: ReadServices) {
  const { config, guard } = services;
  const profiles = createProfiles(createAggregator({ ...services, timezone: config.timezone }), services);

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const question = c.req.valid('query');
    if ((question.area === undefined) === (question.within === undefined))
      throw new CodedError('invalid-request', 'ask for either area or within');
    return c.json(await profiles.tell(question, (metric) => guard.shows(key, metric)), 200);
  });
}
