import fc from 'fast-check';
import {
  Command,
  INETProtocol,
  IPv4Address,
  IPv4ProxyAddress,
  IPv6Address,
  IPv6ProxyAddress,
  Peer,
  TransportProtocol,
  type UnspecProxyAddress,
  V1ProxyProtocol,
  V2ProxyProtocol,
} from 'proxy-protocol-js';
import { describe, expect, it } from 'vitest';
import { parseProxyHeader } from './proxy-protocol.ts';

const CLIENT = Buffer.from([0x10, 0x0c, 0x0d, 0x0a]);

function lineOf(protocol: INETProtocol, source: string, destination: string): Buffer {
  const header = new V1ProxyProtocol(protocol, new Peer(source, 4711), new Peer(destination, 1883));
  return Buffer.from(header.build());
}

function binaryOf(address: IPv4ProxyAddress | IPv6ProxyAddress | UnspecProxyAddress, command = Command.PROXY): Buffer {
  return Buffer.from(new V2ProxyProtocol(command, TransportProtocol.STREAM, address).build());
}

const v4 = new IPv4ProxyAddress(new IPv4Address([203, 0, 113, 9]), 4711, new IPv4Address([10, 0, 0, 1]), 1883);
const v6bytes = Array.from(Buffer.from('20010db8000900000000000000000001', 'hex'));
const v6 = new IPv6ProxyAddress(IPv6Address.createFrom(v6bytes), 4711, IPv6Address.createFrom(v6bytes), 1883);

/** A header as another implementation builds it, and the address in it. */
const HEADERS: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['1 of IPv4', lineOf(INETProtocol.TCP4, '203.0.113.9', '10.0.0.1'), '203.0.113.9'],
  ['1 of IPv6', lineOf(INETProtocol.TCP6, '2001:db8:9::1', '2001:db8::1'), '2001:db8:9::1'],
  ['1 of UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['1 of UNKNOWN with more', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), undefined],
  ['2 of IPv4', binaryOf(v4), '203.0.113.9'],
  ['2 of IPv6', binaryOf(v6), '2001:db8:9::1'],
  ['2 of a health check', binaryOf(v4, Command.LOCAL), undefined],
];

describe('the PROXY header', () => {
  it.each(HEADERS)('of version %s is read, and nothing of what follows', (_, header, address) => {
    expect(parseProxyHeader(Buffer.concat([header, CLIENT]))).toEqual({ length: header.length, address });
  });

  it.each(HEADERS)('of version %s is waited for to its last byte', (_, header) => {
    for (let end = 0; end < header.length; end++) expect(parseProxyHeader(header.subarray(0, end))).toBe('incomplete');
  });

  it('of version 2 may carry more than addresses, within a bound', () => {
    const with_ = (extra: number) => {
      const header = Buffer.concat([binaryOf(v4), Buffer.alloc(extra)]);
      header.writeUInt16BE(12 + extra, 14);
      return header;
    };
    expect(parseProxyHeader(with_(100))).toEqual({ length: 128, address: '203.0.113.9' });
    expect(parseProxyHeader(with_(60_000))).toBe('malformed');
  });

  it.each([
    ['MQTT', Buffer.from('\x10\x0c\x00\x04MQTT')],
    ['TLS', Buffer.from([0x16, 0x03, 0x01])],
    ['no such family', Buffer.from('PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['no address', Buffer.from('PROXY TCP4 localhost 1.2.3.4 1 2\r\n')],
    ['the other family', Buffer.from('PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['a port too large', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n')],
    ['a port that is none', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 0x1 2\r\n')],
    ['one field less', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n')],
    ['a line without end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(200)}`)],
    ['version 3', Buffer.concat([binaryOf(v4).subarray(0, 12), Buffer.from([0x31, 0x11, 0, 0])])],
    ['a command that is none', Buffer.concat([binaryOf(v4).subarray(0, 12), Buffer.from([0x2f, 0x11, 0, 0])])],
    ['datagrams', Buffer.concat([binaryOf(v4).subarray(0, 12), Buffer.from([0x21, 0x12, 0, 0])])],
    [
      'less than an address',
      Buffer.concat([binaryOf(v4).subarray(0, 12), Buffer.from([0x21, 0x11, 0, 4, 1, 2, 3, 4])]),
    ],
  ])('is not %s', (_, bytes) => {
    expect(parseProxyHeader(bytes)).toBe('malformed');
  });

  it('is read, waited for or refused, whatever the bytes', () => {
    const start = fc.constantFrom(...HEADERS.map(([, header]) => header));
    fc.assert(
      fc.property(start, fc.nat(60), fc.uint8Array({ maxLength: 300 }), (header, keep, rest) => {
        const bytes = Buffer.concat([header.subarray(0, keep), rest]);
        const parsed = parseProxyHeader(bytes);
        if (typeof parsed !== 'string') expect(parsed.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
