import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundClientId, type Holder, mayPublish, maySubscribe, prefixOf, telemetryTopics } from './policy.ts';

const device: Holder = { kind: 'device', username: 'counter-1', domain: 'traffic' };
const observer: Holder = { kind: 'observer', username: 'wall', domain: '' };

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{2,20}$/);
const anyDevice = fc.record({ kind: fc.constant('device' as const), username: id, domain: id });
/** Levels that attack a prefix check: wildcards, empty levels, system topics, other people's names. */
const level = fc.oneof(
  id,
  fc.constantFrom(
    '',
    '+',
    '#',
    '$SYS',
    '$share',
    'city',
    'traffic',
    'counter-1',
    'telemetry',
    'status',
    '..',
    'result',
  ),
  fc.string({ maxLength: 5 }),
);
const anyTopic = fc.array(level, { minLength: 1, maxLength: 8 }).map((levels) => levels.join('/'));

/** MQTT 3.1.1, section 4.7: a second, naive matcher to hold the policy against. */
function matchesFilter(filter: readonly string[], topic: readonly string[]): boolean {
  const [head, ...rest] = filter;
  if (head === '#') return true;
  if (head === undefined || topic.length === 0) return filter.length === topic.length;
  return (head === '+' || head === topic[0]) && matchesFilter(rest, topic.slice(1));
}

describe('what a device may publish', () => {
  it.each([
    ['city/traffic/counter-1/telemetry', true],
    ['city/traffic/counter-1/telemetry/senml', true],
    ['city/traffic/counter-1/telemetry/line', true],
    ['city/traffic/counter-1/commands/42/result', true],
    ['city/traffic/counter-1/commands//result', false],
    ['city/traffic/counter-1/commands/a/b/result', false],
    ['city/traffic/counter-1/commands', false],
    ['city/traffic/counter-1/status', false],
    ['city/traffic/counter-1/rejected', false],
    ['city/traffic/counter-1/telemetry/xml', false],
    ['city/traffic/counter-1/telemetry/', false],
    ['city/health/counter-1/telemetry', false],
    ['city/traffic/counter-2/telemetry', false],
    ['city/traffic/counter-11/telemetry', false],
    ['/city/traffic/counter-1/telemetry', false],
    ['$SYS/anything', false],
  ])('%s: %s', (topic, allowed) => {
    expect(mayPublish(device, topic)).toBe(allowed);
  });

  it('lies below its own prefix, whatever the topic', () => {
    fc.assert(
      fc.property(anyDevice, anyTopic, (holder, topic) => {
        if (mayPublish(holder, topic)) expect(topic.startsWith(prefixOf(holder))).toBe(true);
      }),
    );
  });

  it('is never a topic of another device', () => {
    fc.assert(
      fc.property(anyDevice, anyDevice, (one, other) => {
        fc.pre(one.username !== other.username || one.domain !== other.domain);
        for (const topic of telemetryTopics(other).keys()) expect(mayPublish(one, topic)).toBe(false);
      }),
    );
  });
});

describe('what a device may subscribe to', () => {
  it.each([
    ['city/traffic/counter-1/#', true],
    ['city/traffic/counter-1/+', true],
    ['city/traffic/counter-1/commands', true],
    ['city/traffic/counter-1/rejected', true],
    ['city/traffic/counter-1', false],
    ['city/traffic/counter-1/', false],
    ['#', false],
    ['+/traffic/counter-1/commands', false],
    ['city/+/counter-1/commands', false],
    ['city/traffic/+/commands', false],
    ['city/traffic/counter-2/commands', false],
    ['$SYS/#', false],
    ['$share/g/city/traffic/counter-1/commands', false],
  ])('%s: %s', (filter, allowed) => {
    expect(maySubscribe(device, filter)).toBe(allowed);
  });

  it('matches no topic outside its prefix, whatever the filter', () => {
    fc.assert(
      fc.property(anyDevice, anyTopic, anyTopic, (holder, filter, topic) => {
        if (!maySubscribe(holder, filter) || topic.startsWith(prefixOf(holder))) return;
        // `prefix/#` also matches the bare prefix (section 4.7.1.2), a topic nobody may publish to.
        if (`${topic}/` === prefixOf(holder)) return;
        expect(matchesFilter(filter.split('/'), topic.split('/'))).toBe(false);
      }),
    );
  });
});

describe('an observer', () => {
  it('reads the city and nothing else', () => {
    for (const filter of ['city/#', 'city/traffic/+/telemetry', 'city/+/+/status']) {
      expect(maySubscribe(observer, filter)).toBe(true);
    }
    for (const filter of ['#', '+/#', '$SYS/#', 'city', 'city/', 'cityhall/#']) {
      expect(maySubscribe(observer, filter)).toBe(false);
    }
  });

  it('publishes nothing, whatever the topic', () => {
    fc.assert(fc.property(anyTopic, (topic) => !mayPublish(observer, topic)));
    expect(telemetryTopics(observer).size).toBe(0);
  });
});

describe('a client id', () => {
  it('is bound to the credential', () => {
    expect(boundClientId(device, 'counter-1')).toBe('counter-1');
    expect(boundClientId(device, 'counter-1:2')).toBe('counter-1:2');
    expect(boundClientId(device, 'mqttjs_1')).toBe('counter-1:mqttjs_1');
    expect(boundClientId(observer, 'counter-1')).toBe('wall:counter-1');
  });

  it('of one credential is never that of another, whatever either calls itself', () => {
    fc.assert(
      fc.property(id, id, fc.string(), fc.string(), (one, other, mine, theirs) => {
        fc.pre(one !== other);
        const holder = (username: string): Holder => ({ kind: 'device', username, domain: 'traffic' });
        expect(boundClientId(holder(one), mine)).not.toBe(boundClientId(holder(other), theirs));
      }),
    );
  });
});
