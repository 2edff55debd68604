import { z } from 'zod';
import { Level } from '../../model/level.ts';
import { MetricId } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import type { ApiEnv } from '../env.ts';
import { filtersInDomain, several } from '../query.ts';
import type { ReadServices } from '../services.ts';
import type { FactsQuestion } from './tiles/facts.ts';
import { reachFor } from './waiting.ts';

const { bbox, ...filters } = filtersInDomain;

export { bbox };

/** What the map by view may be narrowed and coloured by. */
export const viewFilters = {
  ...filters,
  search: z
    .string()
    .max(200)
    .optional()
    .meta({ param: { description: 'Text in id or name, without regard to case or diacritics.' } }),
  metric: MetricId.optional().meta({
    param: {
      description: [
        'Only devices that report it, told by its value: a measured metric, a ratio by both of its metrics, an index by',
        'one of its inputs. Without it, each kind is told by its headline.',
      ].join(' '),
    },
  }),
  level: several(Level, 'Only devices that report and whose value stands at this level of its metric’s thresholds.', 4),
};
const ViewFilters = z.object(viewFilters);

/** The question behind a request, after the key was looked at. Throws CodedError `not-found` for a domain that is not there. */
export function questionOf(
  { catalogue, guard }: Pick<ReadServices, 'catalogue' | 'guard'>,
  key: ApiEnv['Variables']['key'],
  domain: string,
  asked: z.infer<typeof ViewFilters>,
): FactsQuestion {
  guard.read(key);
  if (!catalogue.domain(domain)) throw new CodedError('not-found', `there is no domain ${domain}`);
  const { metric, level: levels, ...others } = asked;
  // Asked of every device: looked up once.
  const derived = catalogue.domains.flatMap((row) => row.derived.map(({ id }) => id));
  const open = new Set([...guard.shown(key), ...derived.filter((id) => guard.shows(key, id))]);
  return { filters: { domain, ...others }, metric, levels, shows: (id) => open.has(id), reach: reachFor(key) };
}
