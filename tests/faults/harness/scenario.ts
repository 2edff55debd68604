import type { Lab } from './lab.ts';
import type { Figures } from './verify.ts';

/** How much of a scenario is run. What a scenario has no use for it leaves alone. */
export interface Size {
  /** Devices that send at the same time. */
  readonly devices: number;
  /** Times the fault strikes. */
  readonly rounds: number;
  /** Messages a second of all devices together. */
  readonly rate: number;
  /** Messages acknowledged before the fault strikes, in each round. */
  readonly messages: number;
  /** Seconds that a fault lasts, where it lasts. */
  readonly seconds: number;
}

/** What a run found. */
export interface Outcome {
  /** As the last verification found it: see `faultsIn`. */
  readonly figures: Figures;
  /** Longest time from a fault's end to the next acknowledgement, ms. */
  readonly recoveryMs?: number | undefined;
  /** More figures for the report, by their names as they are printed. */
  readonly more?: Readonly<Record<string, number | string>> | undefined;
  /** Promises that were broken in a way that `figures` has no name for; each is a failure. */
  readonly broken?: readonly string[] | undefined;
}

/** Tells how far a run has come: `done` of `of`, and what is under way. */
export type Progress = (done: number, of: number, what: string) => void;

/** One way of going wrong, and what must hold nevertheless. */
export interface Scenario {
  /** Short name, as `--only` takes it: a letter of the list in docs/reliability.md, or a word. */
  readonly id: string;
  readonly title: string;
  /** What must hold, in one sentence for the report. */
  readonly promise: string;
  /** The build is one that loses: what `figures` finds is no failure but what was looked for (default false). */
  readonly losing?: boolean;
  /** Within `npm test`. */
  readonly short: Size;
  /** Within `npm run faults`. */
  readonly long: Size;
  /** Why it cannot run on this machine; undefined where it can. */
  unavailable?(): Promise<string | undefined>;
  /** Runs it on a laboratory of its own, which its caller takes away afterwards. */
  run(lab: Lab, size: Size, progress: Progress): Promise<Outcome>;
}
