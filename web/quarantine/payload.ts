import type { QuarantineItem } from '../../model/quarantine.ts';

/** Characters of a text, or bytes of a dump, that the page shows of one message. */
const SHOWN = 65_536;
const PER_LINE = 16;

/** A message as a person reads it. */
export interface Shown {
  readonly text: string;
  /** Whether it is a dump of bytes. */
  readonly hex: boolean;
  /** Bytes or characters that are shown, where there are more; null where all is. */
  readonly cutAt: number | null;
}

/** JSON with its structure, other text as it came, bytes as a hexadecimal dump. What is sent again is what came. */
export function shownPayload({ payload, encoding }: Pick<QuarantineItem, 'payload' | 'encoding'>): Shown {
  if (encoding === 'base64') {
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return { text: dump(bytes.subarray(0, SHOWN)), hex: true, cutAt: bytes.length > SHOWN ? SHOWN : null };
  }
  const text = pretty(payload);
  return { text: text.slice(0, SHOWN), hex: false, cutAt: text.length > SHOWN ? SHOWN : null };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Offset, bytes and their ASCII, sixteen a line. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += PER_LINE) {
    const line = [...bytes.subarray(start, start + PER_LINE)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(6, '0')}  ${hex.padEnd(PER_LINE * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}
