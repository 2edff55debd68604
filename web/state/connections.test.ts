import { expect, test } from 'vitest';
import { Connections } from './connections.ts';

const at = (hour: number) => Date.UTC(2026, 2, 2, hour);
const change = (hour: number, online: boolean, reason: string) => ({
  since: new Date(at(hour)).toISOString(),
  online,
  reason,
});

test('a connection holds from its moment until the next, and is not known before the first', () => {
  const connections = new Connections();
  connections.put({
    items: [{ device: 'counter-1', changes: [change(1, true, 'connected'), change(3, false, 'keepalive-timeout')] }],
  });
  expect(connections.at('counter-1', at(1) - 1)).toBeUndefined();
  expect(connections.at('counter-1', at(3) - 1)).toEqual({ connected: true, since: at(1), why: 'connected' });
  expect(connections.at('counter-1', at(3))).toEqual({ connected: false, since: at(3), why: 'keepalive-timeout' });
  expect(connections.at('counter-1', at(23))?.connected).toBe(false);
  expect(connections.at('counter-2', at(23))).toBeUndefined();
});
