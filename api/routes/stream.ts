import { createRoute, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { DeviceId } from '../../model/device.ts';
import { MetricId } from '../../model/metric.ts';
import { CodedError } from '../../model/problem.ts';
import { payerOf } from '../limits/requests.ts';
import { openSecurity, readProblems, tooMany, unavailable } from '../openapi.ts';
import { filtersInDomain, several } from '../query.ts';
import { createRouter } from '../router.ts';
import type { Services } from '../services.ts';
import { runCoalesced } from '../stream/coalesced.ts';
import { runComplete } from '../stream/complete.ts';
import { createDelivery } from '../stream/delivery.ts';
import { createStreamFilter } from '../stream/filter.ts';
import { openOutlet } from '../stream/outlet.ts';
import { isPosition } from '../stream/position.ts';
import type { Streams } from '../stream/streams.ts';

const position = z.string().refine(isPosition, 'an id of this stream is {number}.{number}').optional();
const flag = (preset: '0' | '1', description: string) =>
  z.enum(['0', '1']).default(preset).meta({ param: { description } });

const route = createRoute({
  method: 'get',
  path: '/stream',
  tags: ['data'],
  summary: 'Observations and presence as they happen (server-sent events)',
  description: [
    'Events: `observation` (StreamObservation), with an id unless it was stored before the city started; `presence`',
    '(StreamPresence), without; `gap` ({from, resumed}) where the journal no longer reaches back to where a stream resumes,',
    'or never came so far because it is another one; the stream then goes on from `resumed`. Coalesced: the newest per device and metric once a',
    'second. With `coalesce=0`: everything, and `Last-Event-ID` resumes without gap or repeat. A coalesced stream that',
    'resumes begins with the newest state, as does one with `snapshot=1`. With `batch=1` observations come many at once, as',
    '`observations` ({items: StreamObservation[]}) with the id of the last of them: where thousands come every second, reading',
    'events costs more than what they hold. A comment is a sign of life. It ends when its key is revoked.',
    'One key, or without one an address, has a quarter of the streams that may be open.',
  ].join(' '),
  security: openSecurity,
  request: {
    headers: z.object({ 'last-event-id': position }),
    query: z.strictObject({
      device: several(DeviceId, 'Device ids.'),
      domain: several(z.string(), 'Domains.', 20),
      metric: several(MetricId, 'Metric ids.', 100),
      ...filtersInDomain,
      coalesce: flag('1', '0 for every observation.'),
      snapshot: flag('0', '1 to begin with the newest state.'),
      batch: flag('0', '1 for many observations in one event.'),
      lastEventId: position.meta({ param: { description: 'As the header Last-Event-ID, which wins.' } }),
    }),
  },
  responses: {
    200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } },
    ...readProblems,
    ...tooMany,
    ...unavailable,
  },
});

/** The live city. */
export function streamRoutes(services: Services, streams: Streams) {
  const { catalogue, guard, selector, bus, live, config, log } = services;
  const { coalesceMs = 1_000, heartbeatMs = 15_000, buffer = 10_000 } = config.stream ?? {};

  return createRouter().openapi(route, async (c) => {
    const key = c.get('key');
    guard.read(key);
    const { coalesce, snapshot, batch, lastEventId, ...filters } = c.req.valid('query');
    const after = c.req.valid('header')['last-event-id'] ?? lastEventId;
    for (const id of filters.metric ?? []) {
      const metric = catalogue.metric(id);
      if (!metric) throw new CodedError('invalid-request', `metric: there is no metric ${id} that devices report`);
      guard.metric(key, metric);
    }
    for (const id of filters.domain ?? [])
      if (!catalogue.domain(id)) throw new CodedError('invalid-request', `domain: there is no domain ${id}`);
    // An area that is not there is refused before the stream begins.
    await selector.judge({ area: filters.area });
    // Asked of every observation of the city: looked up once.
    const shown = guard.shown(key);
    // HEAD is answered from GET's headers; nobody would read the stream.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });

    const { closed, end } = streams.open(payerOf(c));
    const leave = bus.subscribe('key', ({ id }) => {
      if (id === key?.id) end();
    });
    return streamSSE(c, async (stream) => {
      stream.onAbort(end);
      try {
        const outlet = openOutlet(stream, closed, heartbeatMs);
        const filter = createStreamFilter(filters, services, (metric) => shown.has(metric));
        const reader = { delivery: createDelivery(outlet, filter, catalogue, batch === '1'), filter, closed };
        if (coalesce === '1')
          await runCoalesced(
            reader,
            { bus, live },
            { every: coalesceMs, snapshot: snapshot === '1' || after !== undefined },
          );
        else await runComplete(reader, { bus, live }, { after, buffer, snapshot: snapshot === '1' });
      } catch (error) {
        // The client resumes by itself from the id it saw last.
        log.error({ err: error }, 'a stream ended early');
      } finally {
        leave();
        end();
      }
    });
  });
}
