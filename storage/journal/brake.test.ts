import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBrake } from './brake.ts';

/** Senders that wait, in the order in which they went on. */
function queue(pending: () => number, available: () => boolean, at: number) {
  const brake = createBrake(pending, available, at);
  const gone: number[] = [];
  let senders = 0;
  const send = (): void => {
    const id = senders++;
    const turn = brake.turn();
    if (turn) void turn.then(() => gone.push(id));
    else gone.push(id);
  };
  return { brake, gone, send, sent: () => senders };
}

describe('the brake', () => {
  it('lets everyone go at once while the store keeps up', () => {
    const { gone, send } = queue(
      () => 10,
      () => true,
      10,
    );
    send();
    send();
    expect(gone).toEqual([0, 1]);
  });

  it('lets four go for five that are stored while the store is behind, first come first served', async () => {
    const { brake, gone, send } = queue(
      () => 11,
      () => true,
      10,
    );
    for (let i = 0; i < 20; i += 1) send();
    brake.stored(10);
    await Promise.resolve();
    expect(gone).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('lets everyone go when the store has caught up', async () => {
    let pending = 11;
    const { brake, gone, send } = queue(
      () => pending,
      () => true,
      10,
    );
    for (let i = 0; i < 3; i += 1) send();
    pending = 10;
    brake.stored(1);
    await Promise.resolve();
    expect(gone).toEqual([0, 1, 2]);
  });

  it('holds nobody while the store is away: the journal takes what comes', async () => {
    let available = true;
    const { brake, gone, send } = queue(
      () => 1_000_000,
      () => available,
      10,
    );
    send();
    available = false;
    brake.release();
    send();
    await Promise.resolve();
    expect(gone.sort()).toEqual([0, 1]);
  });

  it('keeps the order and forgets nobody, whatever happens in whatever order', async () => {
    const step = fc.oneof(fc.constant('send' as const), fc.integer({ min: 1, max: 9 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        let pending = 11;
        const { brake, gone, send, sent } = queue(
          () => pending,
          () => true,
          10,
        );
        for (const one of steps) {
          if (one === 'send') send();
          else if (typeof one === 'number') brake.stored(one);
          else pending = one ? 11 : 9;
          await Promise.resolve();
        }
        brake.release();
        await Promise.resolve();
        expect(gone).toEqual(Array.from({ length: sent() }, (_, i) => i));
      }),
    );
  });
});
