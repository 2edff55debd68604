import type { SenmlPack, SenmlRecord } from '../../../model/senml.ts';

/** Times from here on are since the epoch, below they are relative to now (RFC 8428, section 4.5.3); seconds. */
const ABSOLUTE_FROM = 2 ** 28;

/** A record on its own: base fields applied, time absolute (RFC 8428, section 4.6). Labels are those of the RFC. */
export interface ResolvedRecord {
  readonly n: string;
  readonly u?: string;
  /** Seconds since the epoch. */
  readonly t: number;
  /** Whether the pack told a time; else `t` is the receipt. */
  readonly told: boolean;
  readonly ut?: number;
  /** Of any type: only a number is a value that can be stored. */
  readonly v?: unknown;
  readonly vs?: unknown;
  readonly vb?: unknown;
  readonly vd?: unknown;
  readonly s?: unknown;
}

/**
 * The records of a pack, each on its own, in the order of the pack. `now` (seconds since the epoch) is what relative
 * times are relative to. A record of base fields alone measures nothing and gives none; any other gives one.
 */
export function resolve(pack: SenmlPack, now: number): readonly ResolvedRecord[] {
  const base: Base = {};
  const resolved: ResolvedRecord[] = [];
  for (const record of pack) {
    const { bn, bt, bu, bv, bs } = record;
    if (bn !== undefined) base.bn = bn;
    if (bt !== undefined) base.bt = bt;
    if (bu !== undefined) base.bu = bu;
    if (bv !== undefined) base.bv = bv;
    if (bs !== undefined) base.bs = bs;
    if (!isBaseOnly(record)) resolved.push(apply(base, record, now));
  }
  return resolved;
}

type Draft = { -readonly [Label in keyof ResolvedRecord]: ResolvedRecord[Label] };
type Base = Partial<Pick<SenmlRecord, 'bn' | 'bt' | 'bu' | 'bv' | 'bs'>>;

function apply(base: Base, record: SenmlRecord, now: number): ResolvedRecord {
  const { ut, vs, vb, vd } = record;
  const unit = record.u ?? base.bu;
  const time = (base.bt ?? 0) + (record.t ?? 0);
  // A base is added to numbers only, and where it alone is there the missing other counts as zero.
  const other = vs !== undefined || vb !== undefined || vd !== undefined;
  const v = other && record.v === undefined ? undefined : plus(base.bv, record.v);
  const s = plus(base.bs, record.s);
  const resolved: Draft = {
    n: (base.bn ?? '') + (record.n ?? ''),
    t: time < ABSOLUTE_FROM ? now + time : time,
    told: time !== 0,
  };
  if (unit !== undefined) resolved.u = unit;
  if (ut !== undefined) resolved.ut = ut;
  if (v !== undefined) resolved.v = v;
  if (vs !== undefined) resolved.vs = vs;
  if (vb !== undefined) resolved.vb = vb;
  if (vd !== undefined) resolved.vd = vd;
  if (s !== undefined) resolved.s = s;
  return resolved;
}

function plus(base: number | undefined, value: unknown): unknown {
  if (base === undefined) return value;
  if (value === undefined) return base;
  return typeof value === 'number' ? base + value : value;
}

const isBaseField = (label: string): boolean => label.startsWith('b');

function isBaseOnly(record: SenmlRecord): boolean {
  const labels = Object.keys(record);
  return labels.length > 0 && labels.every(isBaseField);
}
