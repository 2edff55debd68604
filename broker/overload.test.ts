import type { Socket } from 'node:net';
import { Aedes, type PublishPacket } from 'aedes';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JournalUnavailable } from '../storage/journal/port.ts';
import { newSecret } from '../storage/secret.ts';
import { Principals } from './admission/principals.ts';
import { aedesLimits, BrokerConfig } from './config.ts';
import { Gate } from './gate.ts';
import {
  connect,
  connectPacket,
  eventually,
  HandJournal,
  inbox,
  publishPacket,
  READING,
  rawClient,
  startHandBroker,
  TELEMETRY,
} from './harness.fixture.ts';
import { createHooks } from './hooks.ts';
import { Budgets } from './limits/budget.ts';
import { Keep } from './sessions/keep.ts';
import { Sessions } from './sessions/session.ts';

const MIB = 1024 * 1024;

const drained = (socket: Socket) => new Promise<void>((resolve) => socket.once('drain', () => resolve()));

describe('memory', () => {
  it('stays flat when strangers announce 100 MB each and send as fast as they can', async () => {
    const running = await startHandBroker();
    const block = Buffer.alloc(MIB);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 5);
    onTestFinished(() => clearInterval(watch));
    const length = 100 * MIB;
    const varint = [
      (length & 0x7f) | 0x80,
      ((length >> 7) & 0x7f) | 0x80,
      ((length >> 14) & 0x7f) | 0x80,
      length >> 21,
    ];
    const strangers = await Promise.all(Array.from({ length: 10 }, () => rawClient(running.port)));
    await Promise.all(
      strangers.map(async ({ socket, gone }, index) => {
        socket.write(Buffer.from([index % 2 === 0 ? 0x10 : 0x30, ...varint]));
        for (let sent = 0; sent < 100 && !socket.destroyed; sent += 1) {
          if (!socket.write(block)) await Promise.race([drained(socket), gone]);
        }
        await gone;
      }),
    );
    expect(running.broker.stats().socketsCut).toBe(10);
    expect(most).toBeLessThan(50 * MIB);
  });

  it('of one client’s waiting messages is bounded: its socket is no longer read, others go on, nothing is lost', async () => {
    const running = await startHandBroker({ maxPendingPerClient: 10 });
    running.journal.automatic = false;
    const raw = await rawClient(running.port);
    raw.socket.setNoDelay(true);
    raw.send(connectPacket(running, 'cam-1'));
    // A sender that trickles, so that each message is a read of its own.
    for (let id = 1; id <= 10; id += 1) {
      raw.send(publishPacket(TELEMETRY, `${id}`, id));
      await eventually(() => expect(running.journal.waiting()).toBe(id));
    }
    for (let id = 11; id <= 200; id += 1) raw.send(publishPacket(TELEMETRY, `${id}`, id));
    const other = await connect(running, 'cam-2');
    const sent = other.publishAsync('city/traffic/cam-2/telemetry', READING, { qos: 1 });
    await eventually(() => expect(running.journal.waiting()).toBe(11));
    expect(running.broker.stats()).toMatchObject({ clientsHeld: 1, waitingMessages: 11 });
    running.journal.automatic = true;
    running.journal.flush();
    await sent;
    await eventually(() => expect(raw.of('puback')).toHaveLength(200));
    const own = running.journal.entries.filter(({ device }) => device === 'cam-1');
    expect(own.map(({ payload }) => Buffer.from(payload).toString())).toEqual(
      Array.from({ length: 200 }, (_, index) => `${index + 1}`),
    );
  });

  it('of all waiting messages together is bounded, and everyone held goes on when it is free again', async () => {
    const running = await startHandBroker({ maxPendingBytes: 1_000 });
    running.journal.automatic = false;
    const raws = await Promise.all([rawClient(running.port), rawClient(running.port)]);
    const topics = [TELEMETRY, 'city/traffic/cam-2/telemetry'];
    for (const [index, raw] of raws.entries()) {
      raw.send(connectPacket(running, `cam-${index + 1}`));
      await eventually(() => expect(raw.of('connack')).toHaveLength(1));
      raw.send(publishPacket(topics[index] ?? '', 'x'.repeat(800), 1));
      await eventually(() => expect(running.journal.waiting()).toBe(index + 1));
    }
    raws[1]?.send(publishPacket(topics[1] ?? '', READING, 2));
    const response = await running.broker.http.request('/devices/cam-1/telemetry', {
      method: 'POST',
      body: READING,
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${btoa(`cam-1:${running.secretOf('cam-1')}`)}`,
      },
    });
    expect(response.status).toBe(503);
    expect(running.journal.waiting()).toBe(2);
    running.journal.automatic = true;
    running.journal.flush();
    await eventually(() => expect(raws[1]?.of('puback')).toHaveLength(2));
    expect(running.broker.stats().waitingBytes).toBe(0);
  });
});

describe('a subscriber that never reads', () => {
  it('stops nobody’s acknowledgements, and a reading one still gets everything', async () => {
    const running = await startHandBroker({ drainTimeoutMs: 600_000 });
    const deaf = await rawClient(running.port);
    deaf.send(connectPacket(running, 'wall', { clientId: 'wall:deaf' }), {
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: 'city/#', qos: 1 }],
    });
    await eventually(() => expect(deaf.of('suback')).toHaveLength(1));
    deaf.socket.pause();
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/telemetry');
    const cam = await connect(running, 'cam-1');
    const payload = JSON.stringify({ values: { mean_speed: 1 }, note: 'x'.repeat(30_000) });
    const total = 600;
    for (let sent = 0; sent < total; sent += 20) {
      await Promise.all(Array.from({ length: 20 }, () => cam.publishAsync(TELEMETRY, payload, { qos: 1 })));
    }
    expect(running.journal.entries).toHaveLength(total);
    expect(running.broker.stats().forwardsLeftOut).toBeGreaterThan(0);
    await eventually(() => expect(seen.length).toBeGreaterThan(total / 2));
  });

  it('of its own acknowledgements is disconnected', async () => {
    const running = await startHandBroker({
      drainTimeoutMs: 100,
      highWaterMarkBytes: 16 * 1024,
      packetsPerSecond: 1_000_000_000,
    });
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'));
    await eventually(() => expect(raw.of('connack')).toHaveLength(1));
    raw.socket.pause();
    const pings = Buffer.alloc(64 * 1024, Buffer.from([0xc0, 0x00]));
    while (!raw.socket.destroyed) {
      if (!raw.socket.write(pings)) await Promise.race([drained(raw.socket), raw.gone]);
    }
    expect(running.broker.stats().sessions).toBe(0);
  });
});

describe('a flooding client', () => {
  it('is read more slowly, keeps everything it was promised, and delays nobody else', async () => {
    const running = await startHandBroker({ packetsPerSecond: 20 });
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'));
    await eventually(() => expect(raw.of('connack')).toHaveLength(1));
    raw.send(...Array.from({ length: 80 }, (_, index) => publishPacket(TELEMETRY, READING, index + 1)));
    await eventually(() => expect(raw.of('puback')).toHaveLength(80));
    raw.send(publishPacket(TELEMETRY, READING, 81));
    const other = await connect(running, 'cam-2');
    await other.publishAsync('city/traffic/cam-2/telemetry', READING, { qos: 1 });
    expect(raw.of('puback')).toHaveLength(80);
    await eventually(() => expect(raw.of('puback')).toHaveLength(81));
  });

  it('may keep only so many QoS 2 handshakes half open', async () => {
    const running = await startHandBroker({ maxInflightQos2: 5 });
    const raw = await rawClient(running.port);
    const half = Array.from({ length: 6 }, (_, index) => publishPacket(TELEMETRY, READING, index + 1, { qos: 2 }));
    raw.send(connectPacket(running, 'cam-1'), ...half);
    await raw.gone;
    expect(raw.of('pubrec').length).toBeLessThanOrEqual(5);
  });
});

describe('a failure inside a hook', () => {
  it('ends the client and not the process, whatever throws', async () => {
    const running = await startHandBroker();
    const { append } = running.journal;
    running.journal.append = () => {
      throw new TypeError('a bug');
    };
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'), publishPacket(TELEMETRY, READING, 1));
    await raw.gone;
    expect(raw.of('puback')).toEqual([]);
    running.journal.append = append;
    const cam = await connect(running, 'cam-1');
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
  });

  it('is caught where Aedes calls back and where it passes no client', async () => {
    const journal = new HandJournal();
    const config = BrokerConfig.parse({});
    const log = pino({ level: 'silent' });
    const sessions = new Sessions();
    const gate = new Gate(journal, sessions, new Budgets(config, () => {}), config, log);
    onTestFinished(() => gate.close());
    const { hash } = newSecret();
    const device = {
      kind: 'device' as const,
      username: 'cam-1',
      hash,
      previous: null,
      domain: 'traffic',
      provider: 'hanoi',
      active: true,
    };
    const hooks = createHooks({
      gate,
      sessions,
      keep: new Keep(config),
      principals: new Principals({ principal: async (username) => (username === 'cam-1' ? device : undefined) }),
      config,
      log,
      forbid: () => {},
      stopping: () => false,
      counts: { forwardsLeftOut: 0, denied: 0 },
    });
    const lateWill = (clientId: string, topic: string) => {
      const packet: PublishPacket & { clientId: string } = {
        cmd: 'publish',
        topic,
        payload: READING,
        qos: 1,
        dup: false,
        retain: true,
        clientId,
      };
      return new Promise<Error | null | undefined>((resolve) => hooks.authorizePublish(null, packet, resolve));
    };
    expect(await lateWill('cam-1', TELEMETRY)).toBeNull();
    expect(journal.entries).toMatchObject([{ device: 'cam-1' }]);
    expect(await lateWill('cam-1', 'city/traffic/cam-2/telemetry')).toBeInstanceOf(Error);
    expect(await lateWill('nobody', TELEMETRY)).toBeInstanceOf(Error);
    journal.failure = new JournalUnavailable('gone');
    expect(await lateWill('cam-1', TELEMETRY)).toBeInstanceOf(Error);
    expect(journal.entries).toHaveLength(1);
  });
});

describe('the limits of Aedes', () => {
  it('are set, each to the city’s own', () => {
    const config = BrokerConfig.parse({});
    const limits = aedesLimits(config);
    expect(limits.concurrency).toBeGreaterThanOrEqual(100_000);
    expect(limits.keepaliveLimit).toBe(config.keepaliveLimitSeconds);
    expect(limits.connectTimeout).toBeLessThan(30_000);
    expect(limits.drainTimeout).toBeLessThan(60_000);
    expect(limits.maxInflightInbound).toBeGreaterThan(0);
    expect(limits.trustProxy).toBe(false);
    const aedes: Aedes & { mq?: { concurrency: number } } = new Aedes(limits);
    expect(aedes.mq?.concurrency).toBe(limits.concurrency);
  });
});
