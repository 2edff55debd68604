/** Characters that mean something in line protocol. */
export const COMMA = 0x2c;
export const EQUALS = 0x3d;
export const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

const STRING_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const GOES_ON = 0;
const STOPS = 1;
const ESCAPABLE = 2;

/** What a character of ASCII does to a name, by its code. */
export type Ends = Uint8Array;

/** A name ends before what cannot be printed, and before these characters unless a backslash stands in front. */
export function endsAt(characters: string): Ends {
  const ends = new Uint8Array(DELETE + 1);
  ends.fill(STOPS, 0, SPACE);
  ends[DELETE] = STOPS;
  for (const character of characters) ends[character.charCodeAt(0)] = ESCAPABLE;
  return ends;
}

/** Takes the tokens of line protocol from a text, one after another. */
export class Scanner {
  /** The first thing that was wrong; the parser adds and clears. */
  fault = '';
  readonly #text: string;
  readonly #decode: (token: string) => string | undefined;
  #at = 0;

  /** `decode` makes a token's text of what stands in the text, undefined where it is none. */
  constructor(text: string, decode: (token: string) => string | undefined) {
    this.#text = text;
    this.#decode = decode;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  get atEndOfLine(): boolean {
    return this.ended || this.peek() === NEWLINE || this.peek() === RETURN;
  }

  /** NaN at the end. */
  peek(): number {
    return this.#text.charCodeAt(this.#at);
  }

  take(code: number): boolean {
    if (this.peek() !== code) return false;
    this.#at += 1;
    return true;
  }

  /** Whether there was any. */
  skipSpaces(): boolean {
    const from = this.#at;
    while (this.peek() === SPACE) this.#at += 1;
    return this.#at > from;
  }

  /** Behind the next line feed. */
  skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
  }

  /** Empty lines and comments. */
  skipEmptyLines(): void {
    for (;;) {
      this.skipSpaces();
      if (this.ended) return;
      if (this.peek() === HASH) this.skipLine();
      else if (!this.takeEndOfLine()) return;
    }
  }

  /** A line feed, with a carriage return before it or without; the end of the text, with one or without. */
  takeEndOfLine(): boolean {
    const from = this.#at;
    if (this.peek() === RETURN) this.#at += 1;
    if (this.ended || this.take(NEWLINE)) return true;
    this.#at = from;
    return false;
  }

  /**
   * A name up to its end; empty where there is none. Behind a backslash the characters that end it stand for themselves,
   * and a backslash before anything else does too.
   */
  name(ends: Ends): string | undefined {
    const text = this.#text;
    let end = this.#at;
    let escaped = false;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === BACKSLASH && ends[text.charCodeAt(end + 1)] === ESCAPABLE) {
        escaped = true;
        end += 1;
      } else if (code < ends.length && ends[code] !== GOES_ON) break;
    }
    const raw = text.slice(this.#at, end);
    this.#at = end;
    return this.#decoded(escaped ? withoutEscapes(raw, ends) : raw);
  }

  /** A string between quotes, which may hold line ends. */
  string(): string | undefined {
    const from = this.#at + 1;
    let end = from;
    let escaped = false;
    for (let code = this.#text.charCodeAt(end); code !== QUOTE; code = this.#text.charCodeAt(end)) {
      // Without its end the string ends with its line: the lines behind are heard.
      if (end >= this.#text.length) return this.fail('a string has no closing quote');
      if (code === BACKSLASH) escaped = true;
      end += code === BACKSLASH ? 2 : 1;
    }
    this.#at = end + 1;
    const raw = this.#text.slice(from, end);
    return this.#decoded(
      escaped ? raw.replace(/\\(["\\nrt])/g, (both, code: string) => STRING_ESCAPES.get(code) ?? both) : raw,
    );
  }

  /** What stands up to the next comma, space or end of line. */
  word(): string {
    const text = this.#text;
    let end = this.#at;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === COMMA || code === SPACE || code === RETURN || code === NEWLINE) break;
    }
    const word = text.slice(this.#at, end);
    this.#at = end;
    return word;
  }

  /** Remembers the first fault. */
  fail(fault: string): undefined {
    this.fault ||= fault;
    return undefined;
  }

  #decoded(token: string): string | undefined {
    return this.#decode(token) ?? this.fail(`${JSON.stringify(token)} is not UTF-8`);
  }
}

function withoutEscapes(raw: string, ends: Ends): string {
  let text = '';
  for (let i = 0; i < raw.length; i += 1) {
    if (raw.charCodeAt(i) === BACKSLASH && ends[raw.charCodeAt(i + 1)] === ESCAPABLE) i += 1;
    text += raw.charAt(i);
  }
  return text;
}
