import type { z } from 'zod';
import type { Catalogue } from '../../model/catalogue.ts';
import { type Device, DeviceId } from '../../model/device.ts';
import { ARCHIVED_DAYS_AT_MOST, BUCKETS_AT_MOST, STEP_MS, STEPS, Step } from '../../model/playback.ts';
import { CodedError } from '../../model/problem.ts';
import type { ArchiveReader } from '../../storage/archive/port.ts';
import type { ApiKey } from '../../storage/registry/port.ts';
import { bucketStarts } from '../../storage/telemetry/buckets.ts';
import type { BucketQuery } from '../../storage/telemetry/port.ts';
import type { Guard } from '../auth.ts';
import { filtersInDomain, instantParam, rangeOf, several } from '../query.ts';

/** The parameters of what is told bucket by bucket, besides the metrics. */
export const bucketParams = {
  device: several(DeviceId, 'Device ids.'),
  ...filtersInDomain,
  from: instantParam('Inclusive.', 'from'),
  to: instantParam('Exclusive.', 'to'),
  step: Step.default('PT15M').meta({
    param: { description: 'Minutes are cut from the hour; hours and days begin where the city’s clock says.' },
  }),
};

/** A range cut into buckets, ms. */
export type Buckets = Pick<BucketQuery, 'from' | 'to' | 'starts'>;

/** The buckets asked for. Throws CodedError `invalid-request` for an empty range and for more than BUCKETS_AT_MOST. */
export function bucketsOf(
  asked: { from?: number | undefined; to?: number | undefined; step: Step },
  timezone: string,
  now: number,
): Buckets {
  const { from, to } = rangeOf(asked, now);
  if (from >= to) throw new CodedError('invalid-request', 'from must be before to');
  const starts: number[] = [];
  for (const start of bucketStarts(asked.step, timezone, from, to)) {
    if (starts.length === BUCKETS_AT_MOST) throw tooMany(from, to, asked.step);
    starts.push(start);
  }
  return { from, to, starts };
}

function tooMany(from: number, to: number, step: Step): CodedError {
  const longer = STEPS.find((other) => Math.ceil((to - from) / STEP_MS[other]) < BUCKETS_AT_MOST);
  const hint = longer ? `ask for a shorter range or step=${longer}` : 'ask for a shorter range';
  return new CodedError('invalid-request', `step: ${step} makes more than ${BUCKETS_AT_MOST} buckets of it: ${hint}`);
}

/** Series that devices are expected to have, all metrics together. */
export const seriesOf = (catalogue: Catalogue, metrics: readonly string[], devices: readonly Device[]): number =>
  metrics.reduce((sum, metric) => sum + reportersOf(catalogue, metric, devices).length, 0);

/** Throws CodedError `invalid-request` for more than `atMost` series times buckets. */
export function checkCells(series: number, { starts }: Buckets, atMost: number): void {
  if (series * starts.length <= atMost) return;
  const fit = Math.floor(atMost / Math.max(1, series));
  const buckets = fit > 0 ? `at most ${fit} buckets, that is a shorter range or a longer step, or ` : '';
  throw new CodedError(
    'invalid-request',
    `${series} series in ${starts.length} buckets are more than ${atMost} cells: ask for ${buckets}fewer devices or metrics`,
  );
}

/** Throws CodedError `invalid-request` where the range meets more than ARCHIVED_DAYS_AT_MOST archived days. */
export async function checkArchived(
  archive: Pick<ArchiveReader, 'between'> | undefined,
  { from, to }: Pick<Buckets, 'from' | 'to'>,
): Promise<void> {
  const days = (await archive?.between(from, to))?.length ?? 0;
  if (days > ARCHIVED_DAYS_AT_MOST)
    throw new CodedError(
      'invalid-request',
      `from: the range meets ${days} archived days, more than ${ARCHIVED_DAYS_AT_MOST}: ask for a shorter range or for aggregates`,
    );
}

/**
 * The metrics of a domain to tell of: those asked for, or all that show to the key. Throws CodedError `not-found` for a
 * domain that is not there, `invalid-request` for a metric that its devices do not report, and as the guard does for one
 * that is closed.
 */
export function metricsIn(
  { catalogue, guard }: { readonly catalogue: Catalogue; readonly guard: Guard },
  domain: string,
  key: ApiKey | undefined,
  asked: readonly string[] | undefined,
): readonly string[] {
  if (!catalogue.domain(domain)) throw new CodedError('not-found', `there is no domain ${domain}`);
  const reported = catalogue.metricsOf(domain);
  if (!asked) return reported.filter((id) => guard.shows(key, id));
  for (const id of asked) {
    if (!catalogue.metric(id))
      throw new CodedError('invalid-request', `metric: there is no metric ${id} that devices report`);
    guard.metric(key, { id });
    if (!reported.includes(id))
      throw new CodedError('invalid-request', `metric: the devices of ${domain} do not report ${id}`);
  }
  return [...new Set(asked)];
}

/** Those of the devices that are expected to report a metric, by their kind. */
export function reportersOf(catalogue: Catalogue, metric: string, devices: readonly Device[]): readonly Device[] {
  const kinds = new Set(
    catalogue.domains.flatMap((domain) =>
      domain.kinds.filter(({ metrics }) => metrics.includes(metric)).map(({ id }) => `${domain.id}/${id}`),
    ),
  );
  return devices.filter(({ domain, kind }) => kinds.has(`${domain}/${kind}`));
}

/** Required where nothing else says what to tell of. */
export const requiredMetrics = (item: z.ZodType<string>, max: number) =>
  several(item, 'Metric ids.', max)
    .unwrap()
    .meta({
      param: { style: 'form', explode: true, description: 'Metric ids. Repeat it or separate by commas.' },
    });
