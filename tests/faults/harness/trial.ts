import type { Lab } from './lab.ts';
import type { Load, LoadOptions } from './load.ts';
import { brokenIn } from './play.ts';
import type { Outcome, Size } from './scenario.ts';
import type { Follower } from './stream.ts';
import { type Figures, unbalanced, verify } from './verify.ts';

/** A running city under load, and what was found wrong with it so far. */
export class Trial {
  readonly load: Load;
  readonly follower: Follower;
  readonly broken: string[] = [];
  readonly #lab: Lab;
  #figures: Figures | undefined;
  #recoveryMs = 0;

  private constructor(lab: Lab, load: Load) {
    this.#lab = lab;
    this.load = load;
    this.follower = lab.follow();
  }

  /** Starts the city where it does not run, registers the devices and lets them send. */
  static async begin(lab: Lab, size: Size, options: Partial<LoadOptions> = {}): Promise<Trial> {
    if (!lab.running) await lab.start();
    const credentials = options.credentials ?? (await lab.register(size.devices));
    const load = lab.load({ inflight: 10, rate: size.rate, ...options, credentials });
    const trial = new Trial(lab, load);
    load.resume();
    return trial;
  }

  /** Both equations, while everything goes on; `when` tells when they were not exact. */
  async balance(when: string): Promise<void> {
    const inexact = unbalanced(await this.#lab.city.ledger());
    if (inexact > 0) this.broken.push(`${when}: ${inexact} equations are not exact`);
  }

  /** A promise that the figures have no name for. */
  expect(kept: boolean, otherwise: string): void {
    if (!kept) this.broken.push(otherwise);
  }

  /**
   * The fault ended at `ended` (performance.now()): waits until acknowledgements come again and nothing is under way any
   * more, verifies everything, and lets the devices go on.
   */
  async recovered(when: string, ended: number): Promise<void> {
    await this.load.acknowledged(1);
    this.#recoveryMs = Math.max(this.#recoveryMs, performance.now() - ended);
    await this.load.drain();
    const figures = await verify(this.#lab.city, this.load.memory, this.follower);
    this.broken.push(...brokenIn({ figures }).map((what) => `${when}: ${what}`));
    this.#figures = figures;
    this.load.resume();
  }

  /** What was found by the last verification, and all that was broken on the way. */
  outcome(more: Outcome['more'] = {}): Outcome {
    this.load.pause();
    if (!this.#figures) throw new Error('nothing was verified');
    return { figures: this.#figures, recoveryMs: this.#recoveryMs, broken: this.broken, more };
  }
}
