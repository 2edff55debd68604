import type { AedesPublishPacket } from 'aedes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Filters, FilterTree, illFormed, isFilter, matches, type QoS } from './filters.ts';
import { Retained } from './retained.ts';

const level = fc.constantFrom('city', 'traffic', 'cam-1', '', 'a');
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.constantFrom('#', '+', 'cam-1', ''))
  .map(([levels, last]) => [...levels, last].join('/'))
  .filter((text) => text !== '');
const qos = fc.constantFrom<QoS>(0, 1, 2);

describe('a topic filter', () => {
  it.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/x', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/x', true],
    ['ACCOUNTS', 'Accounts', false],
  ])('%s and the topic %s: %s, as section 4.7 says', (given, name, expected) => {
    expect(matches(given, name)).toBe(expected);
  });

  it.each(['', 'sport/tennis#', 'sport/tennis/#/ranking', 'sport+', '+a', 'a/+b/c', '##', 'a/#b'])(
    'is not %s',
    (given) => {
      expect(isFilter(given)).toBe(false);
    },
  );

  it.each(['#', 'sport/#', '+', '+/tennis/#', 'sport/+/player1', '/', 'a//b', '$SYS/#'])('is %s', (given) => {
    expect(isFilter(given)).toBe(true);
  });

  it('is found in the tree by exactly the topics that match it, at the highest QoS of its owner', () => {
    const added = fc.array(fc.record({ filter, owner: fc.constantFrom('x', 'y', 'z'), qos }), { maxLength: 12 });
    fc.assert(
      fc.property(added, fc.array(fc.nat(11), { maxLength: 6 }), topic, (given, taken, name) => {
        const tree = new FilterTree<string>();
        const naive = new Map<string, { filter: string; owner: string; qos: QoS }>();
        for (const each of given) {
          tree.add(each.filter, each.owner, each.qos);
          naive.set(`${each.owner} ${each.filter}`, each);
        }
        for (const index of taken) {
          const each = given[index];
          if (!each) continue;
          tree.remove(each.filter, each.owner);
          naive.delete(`${each.owner} ${each.filter}`);
        }
        const expected = new Map<string, QoS>();
        for (const each of naive.values())
          if (matches(each.filter, name) && each.qos >= (expected.get(each.owner) ?? 0))
            expected.set(each.owner, each.qos);
        expect(tree.match(name)).toEqual(expected);
        expect(tree.empty).toBe(naive.size === 0);
      }),
    );
  });

  it('of a client counts by the highest QoS of those that match', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(filter, qos), { minLength: 1, maxLength: 6 }), topic, (given, name) => {
        const filters = new Filters();
        for (const [each, granted] of given) filters.set(each, granted);
        const matching = [...filters.entries()].filter(([each]) => matches(each, name));
        if (matching.length === 0) return;
        expect(filters.qosOf(name)).toBe(Math.max(...matching.map(([, granted]) => granted)));
      }),
    );
  });
});

describe('retained messages', () => {
  it('are found by exactly the filters that match their topics; an empty one clears', () => {
    const stored = fc.array(fc.tuple(topic, fc.constantFrom('', 'x', 'y')), { maxLength: 12 });
    fc.assert(
      fc.property(stored, fc.array(filter, { maxLength: 3 }), (given, filters) => {
        const retained = new Retained();
        const naive = new Map<string, string>();
        for (const [name, text] of given) {
          retained.store(packet(name, text));
          if (text === '') naive.delete(name);
          else naive.set(name, text);
        }
        const found = [...retained.matching(filters)].map(({ topic: name, payload }) => `${name} ${payload}`);
        const expected = filters.flatMap((each) =>
          [...naive].filter(([name]) => matches(each, name)).map(([name, text]) => `${name} ${text}`),
        );
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });
});

it('ill-formed is a string with U+0000 or what a decoder put for bytes that are no UTF-8', () => {
  expect(illFormed('đường/phố')).toBe(false);
  expect(illFormed(Buffer.from([0x61, 0xc0]).toString())).toBe(true);
  expect(illFormed('a\u0000')).toBe(true);
});

function packet(name: string, text: string): AedesPublishPacket {
  return {
    ...{ cmd: 'publish', topic: name, payload: Buffer.from(text), qos: 1, retain: true, dup: false },
    ...{ brokerId: 'x', brokerCounter: 1 },
  };
}
