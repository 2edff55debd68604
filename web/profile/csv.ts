import type { Language } from '../../model/text.ts';
import type { ProfileView } from '../api/shapes.ts';
import { saveCsv } from '../chart/csv.ts';
import { instantIn } from '../chart/zone.ts';
import type { CatalogueStore } from '../state/catalogue.svelte.ts';
import { type CsvValue, csvOf } from '../table/csv.ts';

/**
 * A profile as a file: a header, then a line for each figure. Numbers are plain, times of the city with their offset;
 * columns and values are those of the API in any language, and names stand beside their ids.
 */
export function profileCsv(
  { domains }: Pick<ProfileView, 'domains'>,
  catalogue: Pick<CatalogueStore, 'figure' | 'domain'>,
  timezone: string,
  language: Language,
): string {
  const time = (text: string | null): CsvValue => (text === null ? null : instantIn(Date.parse(text), timezone));
  const header: readonly CsvValue[] = [
    ...['domain', 'domain name', 'metric', 'metric name', 'value', 'unit', 'level', 'per 10,000 inhabitants'],
    ...[
      `from (${timezone})`,
      `to (${timezone})`,
      'reports',
      'reports expected',
      'completeness',
      `newest (${timezone})`,
    ],
    ...['devices', 'rank', 'of wards', 'ranked by', 'week before', 'completeness of week before', 'difference'],
  ];
  const rows = domains.flatMap(({ domain, figures }) =>
    figures.map((figure): readonly CsvValue[] => {
      const { metric, value, unit, level, per_inhabitants, from, to, rank, before } = figure;
      return [
        ...[domain, catalogue.domain(domain)?.name[language] ?? domain],
        ...[metric, catalogue.figure(metric)?.name[language] ?? metric, value, unit, level, per_inhabitants],
        ...[time(from), time(to), figure.received, figure.expected, figure.completeness, time(figure.newest)],
        ...[figure.devices, rank?.place ?? null, rank?.of ?? null, rank?.by ?? null],
        ...[before?.value ?? null, before?.completeness ?? null, before?.difference ?? null],
      ];
    }),
  );
  return csvOf([header, ...rows]);
}

/** Hands a profile to the reader as a file. */
export function saveProfile(
  view: ProfileView,
  name: string,
  catalogue: Pick<CatalogueStore, 'figure' | 'domain'>,
  timezone: string,
  language: Language,
): void {
  saveCsv(profileCsv(view, catalogue, timezone, language), name);
}
