import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Domain } from '../model/domain.ts';
import { DOMAINS } from '../model/domains/index.ts';
import { type Band, LEVEL_NAMES } from '../model/level.ts';
import type { DerivedMetric } from '../model/metric.ts';
import { UNITS } from '../model/unit.ts';

/** docs/metrics.md from the rows of model/domains. `tsx scripts/metrics-doc.ts` writes it; a test says when it is stale. */
export const METRICS_DOC = fileURLToPath(new URL('../docs/metrics.md', import.meta.url));

export function renderMetrics(domains: readonly Domain[]): string {
  const lines = [
    '# Domains, kinds and metrics',
    '',
    '<!-- Generated from model/domains by `npm run docs`; do not edit. -->',
    '',
    'Units are UCUM codes. `Over time` is how one device’s observations in a window become its figure, `over devices` how',
    'the devices’ figures become a group’s. The interval is the expected time between two observations of one device.',
    '',
  ];
  for (const domain of domains) lines.push(...renderDomain(domain));
  return `${lines.join('\n').trimEnd()}\n`;
}

function renderDomain(domain: Domain): string[] {
  const kinds = domain.kinds.map(
    (kind) =>
      `| \`${kind.id}\` | ${kind.name.en} | ${kind.name.vi} | ${kind.geometry} | ${kind.metrics
        .map((id) => (id === kind.headline ? `**\`${id}\`**` : `\`${id}\``))
        .join(', ')} |`,
  );
  const metrics = domain.metrics.map(
    (m) =>
      `| \`${m.id}\` | ${m.name.en} | ${m.name.vi} | \`${m.unit}\` | ${m.range[0]} to ${m.range[1]} | ${m.interval} s | ${m.overTime} | ${m.overDevices} | ${m.access} | ${renderBands(m.thresholds, UNITS[m.unit].en)} |`,
  );
  const derived = domain.derived.map(
    (m) =>
      `| \`${m.id}\` | ${m.name.en} | ${m.name.vi} | \`${m.unit}\` | ${renderFigure(m)} | ${m.access} | ${renderBands(m.thresholds, UNITS[m.unit].en)} |`,
  );
  const products = domain.kinds.flatMap(({ id, like, lorawan }) =>
    lorawan === undefined ? [] : [`| \`${id}\` | \`${like ?? '–'}\` | ${renderValues(lorawan.values)} |`],
  );
  return [
    `## ${domain.name.en} (${domain.name.vi}): \`${domain.id}\``,
    '',
    '| kind | name | tên | geometry | metrics (headline bold) |',
    '|---|---|---|---|---|',
    ...kinds,
    '',
    ...(products.length > 0
      ? ['| LoRaWAN product | like | metrics, each of the maker’s value |', '|---|---|---|', ...products, '']
      : []),
    '| metric | name | tên | unit | range | interval | over time | over devices | access | levels |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...metrics,
    '',
    ...domain.metrics.map((m) => `- \`${m.id}\`: ${m.description.en}`),
    '',
    ...(derived.length > 0
      ? [
          '| derived metric | name | tên | unit | figure | access | levels |',
          '|---|---|---|---|---|---|---|',
          ...derived,
          '',
        ]
      : []),
  ];
}

function renderValues(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([metric, value]) => `\`${metric}\` of ${value}`)
    .join(', ');
}

function renderFigure(metric: DerivedMetric): string {
  if (metric.overDevices === 'ratio') return `\`${metric.numerator}\` / \`${metric.denominator}\` × ${metric.scale}`;
  return `${metric.method} of ${metric.inputs.map((id) => `\`${id}\``).join(', ')}`;
}

function renderBands(bands: readonly Band[], unit: string): string {
  if (bands.length === 0) return '–';
  return bands
    .map(
      ({ below, level }) =>
        `${LEVEL_NAMES[level].en.toLowerCase()}${below === null ? ' above' : ` below ${below} ${unit}`}`,
    )
    .join(', ');
}

/** Whether the committed document says what the rows say. */
export async function isCurrent(): Promise<boolean> {
  return (await readFile(METRICS_DOC, 'utf8').catch(() => '')) === renderMetrics(DOMAINS);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(METRICS_DOC, renderMetrics(DOMAINS));
