import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressGroup, clientAddress, isAddressRange, normalAddress, trusted } from './network-address.ts';

const headers = (values: Record<string, string>) => (name: string) => values[name];
const NONE = headers({});
const proxies = trusted(['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48']);

describe('an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['127.1', undefined],
    ['0x7f.0.0.1', undefined],
    ['010.0.0.1', undefined],
    ['unknown', undefined],
    ['', undefined],
  ])('%s is spelt %s', (text, normal) => {
    expect(normalAddress(text)).toBe(normal);
  });

  it('is counted alone in IPv4 and by its /64 in IPv6', () => {
    expect(addressGroup('203.0.113.9')).toBe('203.0.113.9');
    expect(addressGroup('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe(addressGroup('2001:db8:1:2::9'));
    expect(addressGroup('2001:db8:1:3::9')).not.toBe(addressGroup('2001:db8:1:2::9'));
    expect(addressGroup('')).toBe('');
  });
});

describe('trust', () => {
  it('is by address and range, of either family, however it is spelt', () => {
    for (const good of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:1:ffff::1'])
      expect(proxies(good)).toBe(true);
    for (const bad of ['11.0.0.1', '192.0.2.8', '2001:db8:2::1', '', 'localhost']) expect(proxies(bad)).toBe(false);
    expect(trusted([])('127.0.0.1')).toBe(false);
  });

  it('is given to nothing that is no address', () => {
    for (const wrong of ['10.0.0.0/33', 'localhost', '10.0.0', '']) {
      expect(isAddressRange(wrong)).toBe(false);
      expect(() => trusted([wrong])).toThrow(RangeError);
    }
  });
});

describe('whom a request came from', () => {
  it('is the socket’s address, whatever a stranger writes into its headers', () => {
    const lies = headers({ 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' });
    expect(clientAddress('203.0.113.9', lies, proxies)).toBe('203.0.113.9');
    expect(clientAddress('::ffff:203.0.113.9', NONE, proxies)).toBe('203.0.113.9');
    expect(clientAddress(undefined, lies, proxies)).toBe('');
    expect(clientAddress('10.0.0.1', NONE, proxies)).toBe('10.0.0.1');
  });

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    // What the client itself wrote stands left of what our proxy saw.
    ['127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.0.0.2, 192.0.2.7', '203.0.113.9'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:db8:9::1]:4711', '2001:db8:9::1'],
    ['garbage', '10.0.0.1'],
    ['garbage, 10.0.0.2', '10.0.0.2'],
    ['', '10.0.0.1'],
    [',', '10.0.0.1'],
  ])('behind a trusted proxy with X-Forwarded-For %j is %s', (value, expected) => {
    expect(clientAddress('10.0.0.1', headers({ 'x-forwarded-for': value }), proxies)).toBe(expected);
  });

  it.each([
    ['for=203.0.113.9;proto=https', '203.0.113.9'],
    ['for="[2001:db8:9::1]:4711"', '2001:db8:9::1'],
    ['for=127.0.0.1, for=203.0.113.9;by=10.0.0.1', '203.0.113.9'],
    ['for=unknown', '10.0.0.1'],
    ['for=_hidden, for=10.0.0.3', '10.0.0.3'],
    ['proto=https', '10.0.0.1'],
    ['for="', '10.0.0.1'],
  ])('behind a trusted proxy with Forwarded %j is %s, also where both are sent', (value, expected) => {
    const both = headers({ forwarded: value, 'x-forwarded-for': '198.51.100.1' });
    expect(clientAddress('10.0.0.1', both, proxies)).toBe(expected);
  });

  it('is an address or nothing, for any header', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, standard) => {
        const said = headers({ [standard ? 'forwarded' : 'x-forwarded-for']: text });
        const address = clientAddress('10.0.0.1', said, proxies);
        expect(normalAddress(address)).toBe(address);
      }),
    );
  });
});
