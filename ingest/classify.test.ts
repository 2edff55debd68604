import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import type { Held, Identity } from '../storage/telemetry/port.ts';
import { type Classified, createClassifier } from './classify.ts';

const at = (time: number, value: number, device = 'd'): Observation => ({
  device,
  metric: 'mean_speed',
  time,
  value,
  quality: 'valid',
  received: 0,
  flags: [],
});
const key = ({ device, metric, time }: Identity): string => `${device} ${metric} ${time}`;

/** A store that only remembers: what classification is checked against. */
function memory() {
  const values = new Map<string, number[]>();
  let looks = 0;
  return {
    looks: () => looks,
    values,
    held: async (identities: readonly Identity[]): Promise<Held[]> => {
      looks += identities.length;
      return identities.flatMap((identity) => {
        const held = values.get(key(identity));
        return held
          ? [{ device: identity.device, metric: identity.metric, time: identity.time, values: [...held] }]
          : [];
      });
    },
    put({ fresh, corrections }: Classified): void {
      for (const observation of fresh) {
        if (values.has(key(observation))) throw new Error('stored twice');
        values.set(key(observation), [observation.value]);
      }
      for (const { observation, superseded } of corrections) {
        const held = values.get(key(observation));
        if (held?.at(-1) !== superseded) throw new Error('the superseded value is not the winner');
        held.push(observation.value);
      }
    },
  };
}

describe('classification', () => {
  it('takes growing times as new without a look', async () => {
    const store = memory();
    const classifier = createClassifier([], store.held);
    const { verdicts } = await classifier.classify([at(1, 5), at(2, 5), at(3, 6), at(1, 9, 'other')]);
    expect(verdicts).toEqual(['fresh', 'fresh', 'fresh', 'fresh']);
    expect(store.looks()).toBe(0);
  });

  it('knows a duplicate, a correction and a value that was held before', async () => {
    const store = memory();
    const classifier = createClassifier([], store.held);
    store.put(await classifier.classify([at(1, 5)]));
    const second = await classifier.classify([at(1, 5), at(1, 6), at(1, 5), at(1, 6)]);
    expect(second.verdicts).toEqual(['duplicate', 'correction', 'duplicate', 'duplicate']);
    expect(second.corrections).toEqual([{ observation: at(1, 6), superseded: 5 }]);
  });

  it('judges repeats within one batch against each other', async () => {
    const classifier = createClassifier([], memory().held);
    const { verdicts, fresh } = await classifier.classify([at(1, 5), at(1, 5), at(1, 7), at(0, 1), at(0, 1)]);
    expect(verdicts).toEqual(['fresh', 'duplicate', 'correction', 'fresh', 'duplicate']);
    expect(fresh).toEqual([at(1, 5), at(0, 1)]);
  });

  it('looks back behind the heads it was opened with', async () => {
    const store = memory();
    store.values.set('d mean_speed 10', [5]);
    const classifier = createClassifier([{ device: 'd', metric: 'mean_speed', time: 10 }], store.held);
    expect((await classifier.classify([at(10, 5), at(9, 5), at(11, 5)])).verdicts).toEqual([
      'duplicate',
      'fresh',
      'fresh',
    ]);
  });

  it('says the same as a plain model for any sequence, however it is cut into batches and restarts', async () => {
    const observation = fc.record({
      device: fc.constantFrom('a', 'b'),
      time: fc.integer({ min: 0, max: 6 }),
      value: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(observation, { maxLength: 8 }), { maxLength: 8 }),
        fc.array(fc.boolean()),
        async (batches, restarts) => {
          const store = memory();
          const model = new Map<string, number[]>();
          let classifier = createClassifier([], store.held);
          for (const [i, batch] of batches.entries()) {
            if (restarts[i]) {
              const heads = [...store.values.keys()]
                .map((k) => k.split(' '))
                .map(([device = '', metric = '', time]) => ({ device, metric, time: Number(time) }));
              const newest = heads.filter((h) => heads.every((o) => o.device !== h.device || o.time <= h.time));
              classifier = createClassifier(newest, store.held);
            }
            const observations = batch.map(({ device, time, value }) => at(time, value, device));
            const expected = observations.map((o) => {
              const held = model.get(key(o));
              if (!held) model.set(key(o), [o.value]);
              else if (!held.includes(o.value)) held.push(o.value);
              else return 'duplicate';
              return held ? 'correction' : 'fresh';
            });
            const classified = await classifier.classify(observations);
            expect(classified.verdicts).toEqual(expected);
            store.put(classified);
          }
          expect(store.values).toEqual(model);
        },
      ),
    );
  });
});
