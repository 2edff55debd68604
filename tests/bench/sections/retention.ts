import { type RetentionFigures, retentionFigures } from '../retention.ts';
import { ratio, type Section, whole } from '../section.ts';

/** Of the day: 35 a second. */
const OBSERVATIONS = 3_000_000;

function render(r: RetentionFigures): string[] {
  const row = (name: string, { p50, p90, max }: RetentionFigures['without']) =>
    `| ${name} | ${p50.toFixed(1)} | ${p90.toFixed(1)} | ${max.toFixed(1)} |`;
  const bytes = (r.bytes / r.observations).toFixed(1);
  return [
    '## Archiving and deleting a day',
    '',
    `A day of ${whole(r.observations)} observations in DuckDB was archived and deleted in ${r.seconds.toFixed(1)} s, ${bytes} bytes of Parquet an`,
    'observation, while ten batches of 1,000 observations a second were put. How long a put took, ms:',
    '',
    '| | p50 | p90 | longest |',
    '|---|---|---|---|',
    row('without', r.without),
    row('during', r.during),
    '',
    `- p90 during over p90 without: **${ratio(r.during.p90, r.without.p90)}**`,
  ];
}

export const retention: Section = {
  name: 'retention',
  measure: async ({ progress }) => render(await retentionFigures(OBSERVATIONS, progress)),
};
