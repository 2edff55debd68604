import type { Observation } from '../../../model/observation.ts';
import type { Batch, HourRow } from '../port.ts';
import { type Figures, hourOf, NOTHING, withReplaced, withValue } from './hour.ts';
import { checkIds, hourLine, observationLine, supersededLine } from './line.ts';
import { hourKey, identityKey, NO_OLD_HOURS, type OldHours } from './old-hours.ts';
import { addTally, type DeviceRecord, type DeviceRecords, type SeriesState, seriesOf } from './series.ts';
import type { Intent } from './sidecar.ts';

/** An hour of a series that has to be read back from raw. */
export type TouchedHour = Pick<HourRow, 'device' | 'metric' | 'start'>;

/** What a batch comes to. The same for the same intent and records, so that it can be done again after a crash. */
export interface Plan {
  /** Lines of new observations. */
  readonly fresh: readonly string[];
  /** Lines that overwrite or that belong to it: winners, superseded values, hours that are over. After `fresh`. */
  readonly after: readonly string[];
  readonly touched: readonly TouchedHour[];
  /** The records of every device in the batch, as they will be. */
  readonly records: Map<string, DeviceRecord>;
}

/** Works out a batch; throws a RangeError for what cannot be stored. */
export function planOf({ batch, supersededBefore, oldHours }: Intent, before: DeviceRecords): Plan {
  const draft = new Draft(before, oldHours ?? NO_OLD_HOURS);
  for (const observation of batch.fresh) draft.add(observation);
  draft.correct(batch.corrections, supersededBefore);
  return {
    fresh: draft.fresh,
    after: [...draft.after, ...draft.oldLines()],
    touched: [...draft.touched.values()],
    records: draft.records(batch.tallies),
  };
}

/** Whether an hour of a series is the one that only the sidecar has. */
export function isOpen(records: DeviceRecords, { device, metric, start }: TouchedHour): boolean {
  const state = seriesOf(records, device, metric);
  return state !== undefined && hourOf(state.latest.time) === start;
}

class Draft {
  readonly fresh: string[] = [];
  readonly after: string[] = [];
  readonly touched = new Map<string, TouchedHour>();
  readonly #before: DeviceRecords;
  readonly #states = new Map<string, Map<string, SeriesState>>();
  readonly #old: OldHours;
  /** Hours that are over and cannot be read back, as this batch leaves them; with one observation to name each. */
  readonly #oldHours = new Map<string, { readonly of: Observation; readonly figures: Figures }>();
  /** Observations of such hours as the batch has left them so far. */
  readonly #oldObservations: Map<string, Observation>;

  constructor(before: DeviceRecords, old: OldHours) {
    this.#before = before;
    this.#old = old;
    this.#oldObservations = new Map(old.observations);
  }

  add(observation: Observation): void {
    const { device, metric, time, value, quality } = observation;
    const states = this.#statesOf(device);
    const state = states.get(metric);
    if (!state) checkIds(observation);
    this.fresh.push(observationLine(observation, false));
    if (this.#isOld(observation)) this.#oldObservations.set(identityKey(observation), observation);
    const counted = (hour: SeriesState['hour']) => (quality === 'invalid' ? hour : withValue(hour, time, value));
    if (!state) {
      states.set(metric, { latest: observation, hour: counted(NOTHING), corrected: false });
      return;
    }
    const open = hourOf(state.latest.time);
    const same = hourOf(time) === open;
    if (time > state.latest.time) {
      if (!same && this.#isOld(state.latest))
        this.#oldHours.set(hourKey(state.latest), { of: state.latest, figures: state.hour });
      else if (!same && state.hour.count > 0) this.after.push(hourLine(device, metric, open, state.hour));
      states.set(metric, { ...state, latest: observation, hour: counted(same ? state.hour : NOTHING) });
    } else if (same) {
      // It is late and it is new: adding it to the open hour is what recomputing would come to.
      states.set(metric, { ...state, hour: counted(state.hour) });
    } else if (this.#isOld(observation)) this.#changeOld(observation, counted);
    else this.#touch(observation);
  }

  correct(corrections: Batch['corrections'], supersededBefore: readonly number[]): void {
    const winners = new Map<string, Observation>();
    const superseded = new Map<string, number>();
    for (const [i, correction] of corrections.entries()) {
      const { device, metric, time } = correction.observation;
      const identity = `${device}/${metric}/${time}`;
      const n = superseded.get(identity) ?? supersededBefore[i] ?? 0;
      superseded.set(identity, n + 1);
      checkIds(correction.observation);
      this.after.push(supersededLine(correction.observation, n, correction.superseded));
      winners.set(identity, correction.observation);
    }
    for (const winner of winners.values()) {
      this.after.push(observationLine(winner, true));
      if (this.#isOld(winner)) this.#replaceOld(winner);
      else this.#touch(winner);
      const states = this.#statesOf(winner.device);
      const state = states.get(winner.metric);
      if (!state) continue;
      const latest = state.latest.time === winner.time ? winner : state.latest;
      states.set(winner.metric, { ...state, latest, corrected: true });
    }
  }

  /** Lines of old hours that are over: with all that the batch does to them, for none may overwrite another. */
  oldLines(): string[] {
    return [...this.#oldHours.values()].map(({ of, figures }) =>
      hourLine(of.device, of.metric, hourOf(of.time), figures),
    );
  }

  #isOld({ time }: Observation): boolean {
    return time < this.#old.rawFrom;
  }

  #changeOld(observation: Observation, change: (figures: Figures) => Figures): void {
    const key = hourKey(observation);
    const figures = this.#oldHours.get(key)?.figures ?? this.#old.figures.get(key) ?? NOTHING;
    this.#oldHours.set(key, { of: observation, figures: change(figures) });
  }

  #replaceOld(winner: Observation): void {
    const part = ({ time, value, quality }: Observation) => ({ time, value, counts: quality !== 'invalid' });
    const replaced = this.#oldObservations.get(identityKey(winner));
    const change = (figures: Figures) => withReplaced(figures, replaced && part(replaced), part(winner));
    const states = this.#statesOf(winner.device);
    const state = states.get(winner.metric);
    if (state && hourOf(state.latest.time) === hourOf(winner.time))
      states.set(winner.metric, { ...state, hour: change(state.hour) });
    else this.#changeOld(winner, change);
  }

  records(tallies: Batch['tallies']): Map<string, DeviceRecord> {
    const records = new Map<string, DeviceRecord>();
    for (const [device, states] of this.#states)
      records.set(device, { tallies: this.#before.get(device)?.tallies ?? [], series: [...states.values()] });
    for (const tally of tallies) {
      const record = records.get(tally.device) ?? this.#before.get(tally.device);
      records.set(tally.device, { tallies: addTally(record?.tallies ?? [], tally), series: record?.series ?? [] });
    }
    return records;
  }

  #statesOf(device: string): Map<string, SeriesState> {
    let states = this.#states.get(device);
    if (!states) {
      states = new Map(this.#before.get(device)?.series.map((state) => [state.latest.metric, state]));
      this.#states.set(device, states);
    }
    return states;
  }

  #touch({ device, metric, time }: Observation): void {
    const start = hourOf(time);
    this.touched.set(`${device}/${metric}/${start}`, { device, metric, start });
  }
}
