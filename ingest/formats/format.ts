import type { Reading } from '../../model/telemetry.ts';
import type { Format } from '../../model/topic.ts';
import type { ObservationRejection, Rejection } from '../rejection.ts';

/** What is known of a payload beside its bytes. */
export interface Origin {
  /** Kind of the device, a row of its domain. */
  readonly kind: string;
  /** Receipt, ms since the epoch: what a relative time is relative to. */
  readonly received: number;
}

/**
 * What a payload says: readings that the metrics' rows are still to judge, and parts that say nothing the city
 * understands, each with its reason. Every part of the payload is in one of the two, so that nothing goes uncounted.
 */
export interface Decoding {
  readonly readings: readonly Reading[];
  readonly rejections: readonly ObservationRejection[];
}

/** Reads one format. Pure, and never throws: a payload that is nothing of the format is a Rejection. */
export type FormatDecoder = (payload: Uint8Array, origin: Origin) => Decoding | Rejection;

/** A decoder for each format that the city understands. */
export type FormatDecoders = Readonly<Partial<Record<Format, FormatDecoder>>>;
