import { type Percentiles, type QueryFigures, queryFigures } from '../queries.ts';
import { type Section, whole } from '../section.ts';

function render(q: QueryFigures): string[] {
  const row = ({ name, p50, p99, runs }: Percentiles): string =>
    `| ${name} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${runs} |`;
  return [
    `## Queries over ${whole(q.observations)} observations`,
    '',
    `A week of 10,000 series in DuckDB (filled at ${whole(q.putRate)} observations/s), asked through HTTP, one after another.`,
    '',
    '| query | p50 ms | p99 ms | runs |',
    '|---|---|---|---|',
    ...q.queries.map(row),
    row(q.during.wards),
    '',
    `The last row was measured while ${whole(q.during.rate)} messages a second were acknowledged.`,
  ];
}

export const queries: Section = {
  name: 'queries',
  measure: async ({ observations, progress }) => render(await queryFigures(observations, 100, progress)),
};
