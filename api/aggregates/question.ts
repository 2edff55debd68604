import type { AggregateRow, Window } from '../../storage/telemetry/port.ts';
import type { Selection } from '../selection.ts';
import type { Received } from './due.ts';
import type { Grouping } from './grouping.ts';

/** What an aggregator is asked. Times are ms, `to` exclusive. */
export interface Question {
  readonly selection: Selection;
  readonly grouping: Grouping;
  readonly window: Window;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly percentiles: boolean;
}

/** From `start` until before `end`, ms. */
export interface WindowSpan {
  readonly start: number;
  readonly end: number;
}

/** Figures of a measured metric, and what is due of it also where there are none. */
export interface Figures {
  readonly rows: readonly AggregateRow[];
  /** Observations due from a group within a window, in which it received so much. */
  due(group: string, window: WindowSpan, received: Received): number;
}
