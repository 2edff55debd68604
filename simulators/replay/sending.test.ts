import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RejectedNotice } from '../../model/notice.ts';
import { topicOf } from '../../model/topic.ts';
import { PASSWORD, type PlainBroker, startPlainBroker } from '../plain-broker.fixture.ts';
import { createDispatch, type DispatchOptions } from './dispatch.ts';
import { createMqttSender } from './mqtt-sender.ts';
import { createPace } from './pace.ts';
import { type Sender, Unanswered } from './sender.ts';

const reading = (time: number) => ({ time, values: { visitor_count: time } });
const fast: DispatchOptions = { batch: 1, inFlight: 16, speed: undefined, progress: () => undefined };

describe('sending over MQTT', () => {
  let broker: PlainBroker;
  let sender: Sender;
  const open = (password = PASSWORD) =>
    createMqttSender(
      { host: '127.0.0.1', port: broker.port },
      { domain: 'tourism', passwordOf: () => password, patienceMs: 60_000 },
    );

  beforeEach(async () => {
    broker = await startPlainBroker();
  });
  afterEach(async () => {
    await sender.close();
    await broker.close();
  });

  it('delivers every reading under its device’s client id, in the file’s order', async () => {
    sender = open();
    const dispatch = createDispatch(sender, fast);
    for (let time = 0; time < 300; time += 1) await dispatch.add(time % 3 === 0 ? 'aaa' : 'bbb', time, reading(time));
    expect(await dispatch.finish()).toEqual({
      sent: 300,
      acknowledged: 300,
      failed: 0,
      unsent: 0,
      messages: 300,
      errors: [],
    });
    for (const device of ['aaa', 'bbb']) {
      const own = broker.messages.filter((message) => message.client === device);
      expect(new Set(own.map((message) => message.topic))).toEqual(new Set([topicOf('tourism', device, 'telemetry')]));
      const times = own.map((message) => JSON.parse(message.payload).time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    expect(broker.messages.length).toBe(300);
  });

  it('puts so many readings into one message, and the rest into a last one', async () => {
    sender = open();
    const progressed: number[] = [];
    const dispatch = createDispatch(sender, { ...fast, batch: 100, progress: (readings) => progressed.push(readings) });
    for (let time = 0; time < 250; time += 1) await dispatch.add('aaa', time, reading(time));
    expect(await dispatch.finish()).toMatchObject({ sent: 250, acknowledged: 250, messages: 3 });
    expect(broker.messages.map((message) => JSON.parse(message.payload).length)).toEqual([100, 100, 50]);
    expect(progressed).toEqual([100, 100, 50]);
  });

  it('counts as failed what a refused device was to send, and says why once', async () => {
    sender = open('a wrong password');
    const dispatch = createDispatch(sender, fast);
    for (let time = 0; time < 20; time += 1) await dispatch.add('aaa', time, reading(time));
    const counts = await dispatch.finish();
    expect(counts).toMatchObject({ sent: 20, acknowledged: 0, failed: 20 });
    expect(counts.errors).toEqual([expect.stringContaining('aaa could not connect to 127.0.0.1')]);
    expect(broker.messages).toEqual([]);
  });

  it('sends again what was not acknowledged when a connection was cut', async () => {
    sender = open();
    const dispatch = createDispatch(sender, fast);
    await dispatch.add('aaa', 0, reading(0));
    await vi.waitFor(() => expect(broker.messages.length).toBe(1));
    broker.aedes.authorizePublish = (client) => client?.close();
    await dispatch.add('aaa', 1, reading(1));
    await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(0));
    broker.aedes.authorizePublish = (_client, _packet, done) => done(null);
    expect(await dispatch.finish()).toMatchObject({ sent: 2, acknowledged: 2, failed: 0 });
    expect(new Set(broker.messages.map((message) => JSON.parse(message.payload).time))).toEqual(new Set([0, 1]));
  });

  it('counts the notices of what was quarantined, and those that the city left out', async () => {
    sender = open();
    await sender.send('aaa', JSON.stringify(reading(0)), 1);
    const topic = topicOf('tourism', 'aaa', 'rejected');
    const first: RejectedNotice = { reason: 'too-old', detail: '', received: '2026-01-01T00:00:00Z', metric: null };
    for (const notice of [first, { ...first, suppressed: 40 }]) {
      const payload = JSON.stringify(notice);
      await new Promise<void>((resolve) =>
        broker.aedes.publish({ cmd: 'publish', qos: 0, dup: false, retain: false, topic, payload }, () => resolve()),
      );
    }
    await vi.waitFor(() => expect(sender.rejected()).toEqual({ 'too-old': 2, 'not-told': 40 }));
  });
});

describe('a dispatch', () => {
  it('never has more messages under way than it may', async () => {
    const open: (() => void)[] = [];
    let most = 0;
    const slow: Sender = {
      send: () =>
        new Promise((resolve) => {
          open.push(resolve);
          most = Math.max(most, open.length);
        }),
      rejected: () => ({}),
      close: async () => {},
    };
    const dispatch = createDispatch(slow, { ...fast, inFlight: 4 });
    const adding = (async () => {
      for (let time = 0; time < 50; time += 1) await dispatch.add('aaa', time, reading(time));
      return dispatch.finish();
    })();
    for (let i = 0; i < 50; i += 1) {
      await vi.waitFor(() => expect(open.length).toBeGreaterThan(0));
      open.shift()?.();
    }
    expect(await adding).toMatchObject({ sent: 50, acknowledged: 50 });
    expect(most).toBe(4);
  });

  /** Answers the first `answered` messages and none after. */
  const falling = (answered: number): Sender => ({
    send: async () => {
      answered -= 1;
      if (answered < 0) throw new Unanswered('nobody there');
    },
    rejected: () => ({}),
    close: async () => {},
  });

  it('stops once nobody answers any more, and counts what it did not send', async () => {
    const dispatch = createDispatch(falling(20), { ...fast, inFlight: 4 });
    for (let time = 0; time < 50; time += 1) await dispatch.add('aaa', time, reading(time));
    const { acknowledged, failed, unsent, errors } = await dispatch.finish();
    expect([acknowledged, errors]).toEqual([20, ['nobody there']]);
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThanOrEqual(4);
    expect(acknowledged + failed + unsent).toBe(50);
  });

  it('does not wait for its pace any more once nobody answers', async () => {
    const dispatch = createDispatch(falling(1), { ...fast, speed: 1 });
    await dispatch.add('aaa', 0, reading(0));
    await dispatch.add('aaa', 1, reading(1));
    await dispatch.add('aaa', 86_400_000, reading(86_400_000));
    expect(await dispatch.finish()).toMatchObject({ acknowledged: 1, failed: 1, unsent: 1 });
  });

  it('goes on where one message was not answered and others were', async () => {
    let fail: (error: Error) => void = () => undefined;
    const sender: Sender = {
      send: (device) =>
        device === 'aaa'
          ? new Promise((_, reject) => {
              fail = reject;
            })
          : Promise.resolve(),
      rejected: () => ({}),
      close: async () => {},
    };
    const dispatch = createDispatch(sender, fast);
    await dispatch.add('aaa', 0, reading(0));
    await dispatch.add('bbb', 0, reading(0));
    await dispatch.add('bbb', 1, reading(1));
    fail(new Unanswered('aaa is slow'));
    await dispatch.add('bbb', 2, reading(2));
    expect(await dispatch.finish()).toMatchObject({ sent: 4, acknowledged: 3, failed: 1, unsent: 0 });
  });
});

describe('the pace', () => {
  it('is that of the times, so many times faster, counted from the first', () => {
    const pace = createPace(3_600);
    const [first, clock] = [Date.UTC(2014, 2, 1), 5_000];
    expect(pace(first, clock)).toBe(0);
    expect(pace(first + 3_600_000, clock)).toBe(1_000);
    expect(pace(first + 36_000_000, clock + 400)).toBe(9_600);
    expect(pace(first + 36_000_000, clock + 20_000)).toBe(0);
    expect(pace(first - 3_600_000, clock)).toBe(0);
  });

  it('is no wait at all where no speed is given', () => {
    const pace = createPace(undefined);
    expect([pace(0, 0), pace(1e12, 0)]).toEqual([0, 0]);
  });
});
