import { afterEach, expect, test, vi } from 'vitest';
import { Session } from './session.svelte.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A city whose session is what `key` says. */
function serve() {
  const city: { key: { id: string; name: string } | null } = { key: null };
  vi.stubGlobal('fetch', async (_: string, { method = 'GET' }: RequestInit = {}) => {
    if (method === 'POST') city.key = { id: 'ops', name: 'Operators' };
    if (method === 'DELETE') city.key = null;
    if (method !== 'GET') return new Response(null, { status: 204 });
    return Response.json({ key: city.key, closed: city.key ? [] : ['cpu_load'] });
  });
  return city;
}

test('a key that the city took back is no longer said to be in use, and what it opened is closed', async () => {
  const city = serve();
  const session = new Session();
  await session.read();
  await session.signIn('ops.s3cret');
  await session.refresh();
  expect([session.key, session.turn, session.ended]).toEqual(['Operators', 1, null]);

  city.key = null;
  await session.refresh();
  expect([session.key, session.turn, session.ended]).toEqual([null, 2, 'Operators']);
  expect(session.hides('cpu_load')).toBe(true);
  await session.refresh();
  expect(session.turn).toBe(2);

  await session.signIn('ops.s3cret');
  expect(session.ended).toBeNull();
});

test('a key that the reader gives up is not told as one that was lost', async () => {
  serve();
  const session = new Session();
  await session.signIn('ops.s3cret');
  await Promise.all([session.signOut(), session.refresh()]);
  await session.refresh();
  expect([session.key, session.ended]).toEqual([null, null]);
});
