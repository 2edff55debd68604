import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttpPool, type HttpPool } from './http-line.ts';
import { type FleetStats, UNACKNOWLEDGED_AT_MOST } from './line.ts';
import { planFleet } from './plan.ts';

const plan = planFleet(30, 3);

describe('devices that share connections', () => {
  let server: Server;
  let pool: HttpPool;
  let stats: FleetStats;
  /** What was asked, in order, and how it is answered: at once, unless it is kept waiting. */
  let asked: { path: string; authorization: string; body: string }[];
  let waiting: ServerResponse[] | undefined;
  let status: number;
  let sockets: number;

  beforeEach(async () => {
    asked = [];
    waiting = undefined;
    status = 202;
    sockets = 0;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { authorization = '' } = request.headers;
      asked.push({ path: request.url ?? '', authorization, body: Buffer.concat(chunks).toString() });
      response.statusCode = status;
      if (waiting) waiting.push(response);
      else response.end('{}');
    }).on('connection', () => {
      sockets += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    pool = createHttpPool(`http://127.0.0.1:${address.port}`, 4);
    stats = { devices: 0, connected: 0, published: 0, acknowledged: 0, skipped: 0, failed: 0 };
  });
  afterEach(async () => {
    pool.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('send as themselves, over few connections', async () => {
    const lines = plan.map((simulated) => pool.line(simulated, `secret of ${simulated.device.id}`, stats));
    expect(stats.connected).toBe(30);
    for (const line of lines) line.publish('{"values":{}}');
    await vi.waitFor(() => expect(stats.acknowledged).toBe(30));
    for (const { device } of plan) {
      const authorization = `Basic ${btoa(`${device.id}:secret of ${device.id}`)}`;
      const path = `/api/v1/devices/${device.id}/telemetry`;
      expect(asked).toContainEqual({ path, authorization, body: '{"values":{}}' });
    }
    expect(sockets).toBeLessThanOrEqual(4);
  });

  it('hold back what a device makes while the city acknowledges nothing', async () => {
    const [simulated] = plan;
    if (!simulated) throw new Error('no device');
    waiting = [];
    const line = pool.line(simulated, 'secret', stats);
    for (let i = 0; i < UNACKNOWLEDGED_AT_MOST + 5; i += 1) line.publish('{}');
    expect(stats).toMatchObject({ published: UNACKNOWLEDGED_AT_MOST, skipped: 5 });
  });

  it('count what is refused, and what is not answered', async () => {
    const [simulated] = plan;
    if (!simulated) throw new Error('no device');
    status = 401;
    const line = pool.line(simulated, 'wrong', stats);
    line.publish('{}');
    await vi.waitFor(() => expect(stats.failed).toBe(1));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    line.publish('{}');
    await vi.waitFor(() => expect(stats.failed).toBe(2));
    await line.end();
    expect(stats).toMatchObject({ connected: 0, acknowledged: 0 });
  });

  it('wait for their last answers when they end', async () => {
    const [simulated] = plan;
    if (!simulated) throw new Error('no device');
    waiting = [];
    const line = pool.line(simulated, 'secret', stats);
    line.publish('{}');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const ended = vi.fn();
    const end = line.end().then(ended);
    expect(ended).not.toHaveBeenCalled();
    waiting[0]?.end('{}');
    await end;
    expect(stats.acknowledged).toBe(1);
  });
});
