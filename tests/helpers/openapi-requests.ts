import fc from 'fast-check';
import { generateSync } from 'json-schema-faker';
import { z } from 'zod';

const Schema = z.record(z.string(), z.unknown());
const Parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  schema: Schema,
});
const Operation = z.looseObject({
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: Schema })) }).optional(),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({}),
});

/** A request made of the document: as it should be, or nearly so. */
export interface GeneratedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** What a generated request may name beside what the document says. */
export interface Known {
  /** Values of `Authorization`, good and bad. */
  readonly authorizations: readonly string[];
  /** Ids that are there: some requests should get past the 404. */
  readonly ids: readonly string[];
}

/** Texts that parsers, databases, shells and file systems have choked on. */
const HOSTILE = [
  ...['', ' ', '0', '-1', '1e309', 'NaN', 'null', 'true', '[]', '{}', '"', "'", "' OR 1=1 --", '%', '%00', '%zz', '\0'],
  ...['..', '../../etc/passwd', '__proto__', 'constructor', '1970-01-01', '+275760-09-13T00:00:00.001Z', '\ud800'],
  ...['9'.repeat(400), 'a'.repeat(5_000), '🂡'.repeat(300), '<script>', '{{7*7}}', 'P9999999999Y', '180,90,-180,-90'],
];
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double().map(String),
  fc.integer().map(String),
);

/** A part of a JSON value, anywhere in it, replaced by something else. */
function mutated(value: unknown, seed: number, by: unknown): unknown {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (children.length === 0 || seed % (children.length + 1) === 0) return by;
  const [key, child] = children[seed % children.length] ?? ['', null];
  const changed = mutated(child, Math.floor(seed / 7), by);
  if (Array.isArray(value)) return value.map((each, i) => (String(i) === key ? changed : each));
  return Object.fromEntries(children.map(([name, each]) => [name, name === key ? changed : each]));
}

/** Lone surrogates, which encodeURIComponent refuses, go as U+FFFD. */
const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString());

/** Requests over every operation of an OpenAPI document, most of them wrong in one place or several. */
export function requestsOf(document: unknown, { authorizations, ids }: Known): fc.Arbitrary<GeneratedRequest> {
  const { paths, components } = Document.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  /** A value that the schema allows. */
  const valid = (schema: z.infer<typeof Schema>, seed: number): unknown =>
    generateSync({ ...schema, components }, { seed, maxDepth: 4, optionalsProbability: 0.4 });
  const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

  function parameter({ name, schema }: z.infer<typeof Parameter>): fc.Arbitrary<readonly [string, string]> {
    const fitting = fc.nat().map((seed) => asText(valid(schema, seed)) ?? '');
    return fc
      .oneof(
        { weight: 6, arbitrary: fitting },
        { weight: 2, arbitrary: fc.constantFrom(...ids) },
        { weight: 3, arbitrary: hostile },
      )
      .map((value) => [name, value] as const);
  }

  function body(content: Readonly<Record<string, { readonly schema: z.infer<typeof Schema> }>>) {
    const types = Object.keys(content);
    const type = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...types) },
      { weight: 1, arbitrary: fc.constantFrom('text/html', 'application/json; charset=utf-16', '', 'application/xml') },
    );
    const json = fc
      .tuple(fc.nat(), fc.nat(), fc.oneof(hostile, fc.jsonValue()), fc.nat(3))
      .map(([seed, at, by, whether]) => {
        const value = valid(content[types[seed % types.length] ?? '']?.schema ?? {}, seed);
        return JSON.stringify(whether === 0 ? value : mutated(value, at, by)) ?? '';
      });
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array));
    const nested = fc.nat(30_000).map((depth) => '['.repeat(depth));
    return fc.tuple(
      type,
      fc.oneof({ weight: 8, arbitrary: json }, { weight: 1, arbitrary: bytes }, { weight: 1, arbitrary: nested }),
    );
  }

  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const inPath = operation.parameters.filter((each) => each.in === 'path');
    const inQuery = operation.parameters.filter((each) => each.in === 'query');
    return fc
      .record({
        places: fc.tuple(...inPath.map(parameter)),
        query: fc.subarray(inQuery).chain((some) => fc.tuple(...some.map(parameter))),
        unknown: fc.option(fc.tuple(hostile, hostile), { freq: 12, nil: undefined }),
        authorization: fc.option(fc.constantFrom(...authorizations), { freq: 6, nil: undefined }),
        sent: operation.requestBody
          ? fc.option(body(operation.requestBody.content), { freq: 12, nil: undefined })
          : fc.constant(undefined),
      })
      .map(({ places, query, unknown, authorization, sent }) => {
        const values = new Map(places);
        const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(values.get(name) ?? '-') || '-');
        const pairs = [...query, ...(unknown ? [unknown] : [])].map((pair) => pair.map(encoded).join('='));
        const type = sent?.[0];
        return {
          method,
          path: pairs.length > 0 ? `${target}?${pairs.join('&')}` : target,
          headers: {
            ...(authorization === undefined ? {} : { authorization }),
            ...(type ? { 'content-type': type } : {}),
          },
          ...(sent ? { body: sent[1] } : {}),
        };
      });
  });
}

/** What no answer may hold: texts of engines, of the runtime, of the file system. */
export const INNER_TEXT =
  /\b(node_modules|SQLITE_\w+|libsql|duckdb|lmdb|ENOENT|EACCES|ECONN\w+|TypeError|RangeError|ZodError)\b|node:internal|\bat [\w.<>]+ \(|Cannot read prop|is not a function/i;
