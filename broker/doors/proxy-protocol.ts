import type { Socket } from 'node:net';
import { normalAddress } from '../../model/network-address.ts';

/** Longest line of version 1, with its CRLF. */
const LONGEST_V1 = 107;
/** Addresses and whatever else (TLVs) a header of version 2 may carry here; the protocol would allow 64 KiB. */
const LONGEST_V2 = 2_048;
const SIGNATURE_V1 = Buffer.from('PROXY ');
const SIGNATURE_V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_V2 = 16;
const LINE = /^PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) (\S+) (\S+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4}))\r\n$/;

export interface ProxyHeader {
  /** Bytes of the header; what follows is the client's. */
  readonly length: number;
  /** The client's address; undefined where the proxy speaks for itself (a health check) or does not know. */
  readonly address: string | undefined;
}

/**
 * The header of the PROXY protocol, version 1 or 2 (HAProxy, "The PROXY protocol", sections 2.1 and 2.2), at the start of
 * what was received: `incomplete` while more is needed, `malformed` as soon as it can be none.
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  if (begins(bytes, SIGNATURE_V2)) return versionTwo(bytes);
  return begins(bytes, SIGNATURE_V1) ? versionOne(bytes) : 'malformed';
}

/** Whether the bytes agree with the signature as far as both go. */
function begins(bytes: Buffer, signature: Buffer): boolean {
  const common = Math.min(bytes.length, signature.length);
  return bytes.subarray(0, common).equals(signature.subarray(0, common));
}

function versionOne(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  const end = bytes.subarray(0, LONGEST_V1).indexOf('\r\n');
  if (end === -1) return bytes.length < LONGEST_V1 ? 'incomplete' : 'malformed';
  const length = end + 2;
  const match = LINE.exec(bytes.toString('latin1', 0, length));
  if (!match) return 'malformed';
  const [, family, source = '', destination = '', ...ports] = match;
  if (family === undefined) return { length, address: undefined };
  const colons = family === 'TCP6';
  const address = normalAddress(source);
  const sound = normalAddress(destination) !== undefined && ports.every((port) => Number(port) <= 65_535);
  if (address === undefined || !sound || source.includes(':') !== colons) return 'malformed';
  return { length, address };
}

/** Of a transport (second half of byte 13): where the source address ends, behind the fixed part. */
const FAMILIES: ReadonlyMap<number, { readonly address: number; readonly all: number }> = new Map([
  [0x11, { address: 4, all: 12 }],
  [0x21, { address: 16, all: 36 }],
  // A Unix socket has no address that would say anything.
  [0x31, { address: 0, all: 216 }],
  [0x00, { address: 0, all: 0 }],
]);

function versionTwo(bytes: Buffer): ProxyHeader | 'incomplete' | 'malformed' {
  if (bytes.length < FIXED_V2) return 'incomplete';
  const command = bytes.readUInt8(12);
  const body = bytes.readUInt16BE(14);
  if ((command !== 0x20 && command !== 0x21) || body > LONGEST_V2) return 'malformed';
  const length = FIXED_V2 + body;
  if (bytes.length < length) return 'incomplete';
  if (command === 0x20) return { length, address: undefined };
  const family = FAMILIES.get(bytes.readUInt8(13));
  if (!family || body < family.all) return 'malformed';
  if (family.address === 0) return { length, address: undefined };
  const source = bytes.subarray(FIXED_V2, FIXED_V2 + family.address);
  return { length, address: normalAddress(family.address === 4 ? source.join('.') : inHextets(source)) };
}

function inHextets(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':');
}

/**
 * Reads the header off a socket that nobody reads yet, and leaves what follows in it. Answers the client's address, or
 * `remote` where the header names none; undefined, with the socket destroyed, where none comes within `ms` or it is
 * malformed.
 */
export function readProxyHeader(socket: Socket, remote: string, ms: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const done = (address: string | undefined) => {
      clearTimeout(timer);
      socket.off('readable', read).off('close', gone).off('error', gone);
      if (address === undefined) socket.on('error', () => {}).destroy();
      resolve(address);
    };
    const gone = () => done(undefined);
    const timer = setTimeout(gone, ms);
    const read = () => {
      const chunk: unknown = socket.read();
      if (!(chunk instanceof Buffer)) return;
      received = Buffer.concat([received, chunk]);
      const header = parseProxyHeader(received);
      if (header === 'incomplete') return;
      if (header === 'malformed') return gone();
      const rest = received.subarray(header.length);
      if (rest.length > 0) socket.unshift(rest);
      done(header.address ?? remote);
    };
    socket.on('readable', read).on('close', gone).on('error', gone);
  });
}
