import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { instant, type Observation } from '../../model/observation.ts';
import { CodedError } from '../../model/problem.ts';
import type { ParquetExport } from '../../storage/archive/parquet-export.ts';
import { pagesOf } from '../export/pages.ts';
import { Slots } from '../export/slots.ts';
import { TEXT_FORMATS, textBody } from '../export/text.ts';
import { createObservationChoice, type Keep, observationFilters } from '../observation-choice.ts';
import { keyProblems, keySecurity, tooLarge, tooMany, unavailable } from '../openapi.ts';
import { rangeOf } from '../query.ts';
import { createRouter } from '../router.ts';
import type { ReadServices } from '../services.ts';

/** A Parquet file is made whole before it is sent. */
const PARQUET_AT_MOST = 5_000_000;
/** Exports at a time. */
const AT_ONCE = { each: 2, all: 8 };
const PARQUET_TYPE = 'application/vnd.apache.parquet';

const text = { schema: z.string() };

const route = createRoute({
  method: 'get',
  path: '/export/observations',
  tags: ['data'],
  summary: 'Raw observations as a file, archived ones too',
  description: [
    'Everything that the filters choose, ordered by time, device and metric, as one stream: read it as slowly as you',
    'like. The last 24 hours by default. Days behind the retention come from the archive, without a gap or a double.',
    `CSV and NDJSON have no bound; a Parquet file has at most ${PARQUET_AT_MOST.toLocaleString('en')} observations. A`,
    'stream that breaks off without its end is not whole. Of one key two exports run at a time.',
  ].join(' '),
  security: keySecurity,
  request: {
    query: z.strictObject({
      ...observationFilters,
      format: z
        .enum(['csv', 'ndjson', 'parquet'])
        .default('csv')
        .meta({ param: { description: 'csv has a header line; ndjson an Observation on each line.' } }),
    }),
  },
  responses: {
    200: {
      description: 'The observations',
      content: { 'text/csv': text, 'application/x-ndjson': text, [PARQUET_TYPE]: text },
    },
    ...keyProblems,
    ...tooLarge,
    ...tooMany,
    ...unavailable,
  },
});

/** Bulk reading of raw observations. */
export function exportRoutes(services: ReadServices, toParquet: ParquetExport | undefined) {
  const { guard, history, now } = services;
  const choice = createObservationChoice(services);
  const slots = new Slots(AT_ONCE);

  /** Writes the pages into a file and sends that; it is gone when the last byte went, or nobody reads. */
  async function parquetBody(
    make: ParquetExport,
    pages: AsyncIterable<readonly Observation[]>,
    signal: AbortSignal,
    ended: () => void,
  ) {
    let count = 0;
    const { path, bytes, remove } = await make(async (add) => {
      for await (const page of pages) {
        signal.throwIfAborted();
        count += page.length;
        if (count > PARQUET_AT_MOST)
          throw new CodedError(
            'payload-too-large',
            `more than ${PARQUET_AT_MOST} observations: narrow it, or take csv`,
          );
        for (const observation of page) add(observation);
      }
    });
    const file = createReadStream(path);
    file.once('close', () => {
      ended();
      void remove();
    });
    return { body: Readable.toWeb(file), bytes };
  }

  return createRouter().openapi(route, async (c) => {
    const key = guard.scoped(c.get('key'), 'read', 'restricted', 'admin');
    const { metric, from: asked, to: until, format, ...filters } = c.req.valid('query');
    const { from, to } = rangeOf({ from: asked, to: until }, now());
    if (from >= to) throw new CodedError('invalid-request', 'from must be before to');
    const metrics = choice.metrics(key, metric);
    const { devices, keep } = await choice.devices(filters);
    const name = `observations-${instant(from).slice(0, 10)}-${instant(to).slice(0, 10)}.${format}`;
    const headers = { 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' };
    const type = format === 'parquet' ? PARQUET_TYPE : TEXT_FORMATS[format].type;
    // Nobody would read it to its end.
    if (c.req.method === 'HEAD') return new Response(null, { headers: { ...headers, 'content-type': type } });
    const ended = slots.take(key.id);
    try {
      const pages = kept(devices?.length === 0 ? none() : pagesOf(history, { devices, metrics, from, to }), keep);
      if (format === 'parquet') {
        if (!toParquet) throw new CodedError('invalid-request', 'format: this city writes no Parquet');
        const { body, bytes } = await parquetBody(toParquet, pages, c.req.raw.signal, ended);
        return new Response(body, {
          headers: { ...headers, 'content-type': type, 'content-length': `${bytes}` },
        });
      }
      // A store that does not answer is said before the first byte.
      const first = await pages.next();
      const body = textBody(TEXT_FORMATS[format], resumed(first, pages), ended);
      return new Response(body, { headers: { ...headers, 'content-type': type } });
    } catch (error) {
      ended();
      throw error;
    }
  });
}

async function* none(): AsyncGenerator<readonly Observation[]> {}

/** The pages, less what was made elsewhere. */
async function* kept(pages: AsyncIterable<readonly Observation[]>, keep: Keep | undefined) {
  for await (const page of pages) yield keep ? page.filter(keep) : page;
}

/** An iterator one of whose results is known already. */
async function* resumed<T>(first: IteratorResult<T, unknown>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
