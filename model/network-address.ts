import forwarded from 'forwarded-parse';
import ipaddr from 'ipaddr.js';

/** Where a header is read from: `Headers` of fetch, or a function of a name in lower case. */
export type HeaderReader = (name: string) => string | null | undefined;

/** Whether what this address says of somebody else's address is believed. */
export type Trusts = (address: string) => boolean;

/** Hops of one request that are looked at: no chain of proxies is longer, and a stranger may write what it likes. */
const HOPS = 32;
/** Bits of an IPv6 address that one customer holds: all addresses within are the same somebody. */
const CUSTOMER_BITS = 64;

/** The address in its one usual spelling, an IPv4 address mapped into IPv6 as IPv4; undefined where it is none. */
export function normalAddress(text: string): string | undefined {
  // `isValid` also takes `127.1` and octal numbers, which no header and no socket carries.
  const plain = text.includes(':') ? text : ipaddr.IPv4.isValidFourPartDecimal(text) ? text : '';
  if (plain === '' || !ipaddr.isValid(plain)) return undefined;
  return ipaddr.process(plain).toString();
}

/** What one somebody is counted by: the IPv4 address, or the /64 of an IPv6 address. What is no address stays as it is. */
export function addressGroup(address: string): string {
  const normal = normalAddress(address);
  if (normal === undefined || !normal.includes(':')) return normal ?? address;
  const bytes = ipaddr
    .parse(normal)
    .toByteArray()
    .fill(0, CUSTOMER_BITS / 8);
  return `${ipaddr.fromByteArray(bytes).toString()}/${CUSTOMER_BITS}`;
}

/** Whether the text is an address, or a range of them in CIDR notation. */
export function isAddressRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) || normalAddress(text) !== undefined;
}

/** Trusts the addresses and CIDR ranges listed, and nobody where none are. Throws RangeError on what is neither. */
export function trusted(ranges: readonly string[]): Trusts {
  const nets = ranges.map((range) => {
    if (!isAddressRange(range)) throw new RangeError(`${range} is neither an address nor a range`);
    if (ipaddr.isValidCIDR(range)) return ipaddr.parseCIDR(range);
    const single = ipaddr.process(range);
    return [single, single.kind() === 'ipv4' ? 32 : 128] as const;
  });
  if (nets.length === 0) return () => false;
  return (address) => {
    const normal = normalAddress(address);
    if (normal === undefined) return false;
    const one = ipaddr.parse(normal);
    return nets.some(([net, bits]) => net.kind() === one.kind() && one.match([net, bits]));
  };
}

/** The address within a node of `Forwarded` (RFC 7239, section 6) or of X-Forwarded-For: with or without port and brackets. */
function addressOf(node: string): string | undefined {
  const text = node.trim();
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return normalAddress(bracketed);
  const [, v4] = /^([\d.]+):\d{1,5}$/.exec(text) ?? [];
  return normalAddress(v4 ?? text);
}

/** The hops that the headers name, nearest to the client first; `Forwarded` before X-Forwarded-For where both are. */
function hopsOf(header: HeaderReader): readonly string[] {
  const standard = header('forwarded');
  if (standard) {
    try {
      return forwarded(standard).map((hop) => hop.for ?? '');
    } catch {
      return [];
    }
  }
  return header('x-forwarded-for')?.split(',') ?? [];
}

/**
 * Whom a request came from: the remote address of its socket, unless that is a trusted proxy's; then the nearest hop
 * that is not one. A hop that is no address (`unknown`, `_hidden`) ends the search at the proxy that named it. A
 * stranger's headers are never read. Empty where the socket has no address any more.
 */
export function clientAddress(remote: string | undefined, header: HeaderReader, trusts: Trusts): string {
  let nearest = normalAddress(remote ?? '') ?? '';
  if (nearest === '' || !trusts(nearest)) return nearest;
  for (const hop of hopsOf(header).slice(-HOPS).reverse()) {
    const address = addressOf(hop);
    if (address === undefined) return nearest;
    nearest = address;
    if (!trusts(nearest)) return nearest;
  }
  return nearest;
}
