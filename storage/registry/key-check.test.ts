import { expect, it } from 'vitest';
import { Attempts } from '../attempts.ts';
import { newSecret } from '../secret.ts';
import { KeyCheck } from './key-check.ts';
import type { ApiKey } from './port.ts';

const { secret, hash } = newSecret();
const partner: ApiKey = { id: 'partner', name: '', hash, scopes: ['read'], provider: null, created: '' };
const registry = { key: async (id: string) => (id === 'partner' ? partner : undefined) };
const right = `partner.${secret}`;

function check(free: number) {
  let now = 0;
  const limits = { free, firstMs: 20, longestMs: 40, quietMs: 60_000, heldPerAddress: 4 };
  const keys = new KeyCheck(registry, new Attempts(limits, () => now));
  return { keys, pass: (ms: number) => (now += ms) };
}

it('a wrong key is held back after some, and not looked at while it is; a right one is let in all the same', async () => {
  const { keys, pass } = check(2);
  for (let i = 0; i < 2; i += 1) expect(await keys.find('partner.guess', '10.0.0.1')).toBeUndefined();
  expect(await keys.find('partner.guess', '10.0.0.1')).toBeUndefined();
  await expect(keys.find('partner.other', '10.0.0.1')).rejects.toMatchObject({
    code: 'too-many-requests',
    retryAfter: 1,
  });
  expect(await keys.find(right, '10.0.0.2')).toBe(partner);
  pass(1_000);
  expect(await keys.find(right, '10.0.0.1')).toBe(partner);
  // Known from there by now: what others guess behind the same address is not held against it.
  for (const id of ['a', 'b', 'c', 'd']) expect(await keys.find(`${id}.guess`, '10.0.0.1')).toBeUndefined();
  await expect(keys.find('e.guess', '10.0.0.1')).rejects.toMatchObject({ code: 'too-many-requests' });
  expect(await keys.find(right, '10.0.0.1')).toBe(partner);
});

it('without a count of attempts a key is looked up and no more', async () => {
  const keys = new KeyCheck(registry);
  for (let i = 0; i < 20; i += 1) expect(await keys.find('partner.guess', '')).toBeUndefined();
  expect(await keys.find(right, '')).toBe(partner);
});
