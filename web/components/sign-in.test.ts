import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { at, cityWith, counter } from '../testing/city.ts';
import DevicePanel from './DevicePanel.svelte';
import SignIn from './SignIn.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A city with one good key, `ops.s3cret`. */
function serve() {
  let key: { id: string; name: string } | null = null;
  vi.stubGlobal('fetch', async (_: string, { method = 'GET', body }: RequestInit = {}) => {
    if (method === 'POST' && body !== JSON.stringify({ key: 'ops.s3cret' })) return new Response('', { status: 401 });
    if (method === 'POST') key = { id: 'ops', name: 'Operators' };
    if (method === 'DELETE') key = null;
    if (method !== 'GET') return new Response(null, { status: 204 });
    return Response.json({ key, closed: key ? [] : ['cpu_load', 'failed_logins'] });
  });
}

async function submit(key: string) {
  await fireEvent.click(screen.getByRole('button', { name: 'Use a key' }));
  await fireEvent.input(screen.getByLabelText('Key'), { target: { value: key } });
  await fireEvent.click(screen.getByRole('button', { name: 'Open' }));
}

test('a key is exchanged for a session that opens metrics, and given up again', async () => {
  serve();
  const { session, preferences } = cityWith(counter());
  await session.read();
  expect(session.hides('cpu_load')).toBe(true);
  render(SignIn, { session, preferences, locked: false });
  await submit(' ops.s3cret ');
  expect(await screen.findByRole('button', { name: 'Operators' })).toBeTruthy();
  expect(session.hides('cpu_load')).toBe(false);
  expect(session.turn).toBe(1);
  await vi.waitFor(() => expect(document.querySelector('dialog[open]')).toBeNull());
  await fireEvent.click(screen.getByRole('button', { name: 'Operators' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Stop using the key' }));
  expect(await screen.findByRole('button', { name: 'Use a key' })).toBeTruthy();
  expect(session.hides('cpu_load')).toBe(true);
});

test('a wrong key is said to be wrong, a city that does not answer is not the key’s fault', async () => {
  serve();
  const { session, preferences } = cityWith(counter());
  render(SignIn, { session, preferences, locked: false });
  await submit('ops.wrong');
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toBe('The key is wrong or has been revoked.'));
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('network');
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Open' }));
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('could not be asked'));
});

test('a metric that may not be read is locked in the panel, and its series is not asked for', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return Response.json({ key: null, closed: ['mean_speed'] });
  });
  const city = cityWith(
    counter({ latest: { occupancy: { value: 9, time: at(5), age: 5, quality: 'valid', level: null } } }),
  );
  await city.session.read();
  const [mark] = city.marks;
  if (mark === undefined) throw new Error('the city has one device');
  render(DevicePanel, { mark, city });
  expect(screen.getByRole('button', { name: /Mean speed/ }).textContent).toContain('a key is needed');
  expect(screen.getByText('This series is kept closed: a key is needed.')).toBeTruthy();
  expect(asked.filter((path) => path.includes('aggregates'))).toEqual([]);
});
