import { IANAZone } from 'luxon';
import { z } from 'zod';
import { catalogue } from '../../model/catalogue.ts';
import { DeviceId, ProviderId } from '../../model/device.ts';
import { Position } from '../../model/geometry.ts';
import { Quality } from '../../model/observation.ts';

const column = z.string().min(1);
const columns = (count: number, names: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((list) => list.length === count && list.every(Boolean), `give ${names}, separated by commas`);

/** "a=b" once or several times, or "a=b,c=d", to pairs. */
const pairs = z
  .array(z.string())
  .transform((texts) => texts.flatMap((text) => text.split(',')).map((pair) => pair.split('=').map((s) => s.trim())))
  .pipe(z.array(z.tuple([z.string().min(1), z.string()], 'give NAME=VALUE')));

const hostAndPort = z
  .string()
  .regex(/^[^\s:]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i, 'give HOST:PORT')
  .transform((text) => {
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
  });

const latLon = columns(2, 'latitude,longitude').transform(([lat, lon]) => [Number(lon), Number(lat)]);
const natural = z.coerce.number().int().positive();

/** The command line of a replay, checked; docs/replay.md says what each option means. */
export const ReplayOptions = z
  .object({
    file: z.string().min(1),
    domain: z.string(),
    kind: z.string(),
    metric: pairs.refine((list) => list.length > 0, 'give at least one COLUMN=METRIC'),
    device: column.optional(),
    deviceId: DeviceId.optional(),
    devicePrefix: z.string().default(''),
    name: column.optional(),
    time: z.string().transform((text) => text.split(',').map((name) => name.trim())),
    timeFormat: z.string().default('iso'),
    timezone: z.string().refine(IANAZone.isValidZone, 'not an IANA time zone').default('UTC'),
    ambiguous: z.enum(['earlier', 'later']).default('earlier'),
    quality: column.optional(),
    qualityMap: pairs.pipe(z.array(z.tuple([z.string(), Quality]))).default([]),
    missing: z
      .string()
      .transform((text) => text.split(',').map((token) => token.trim()))
      .default(['', 'NA', 'NaN', 'null']),
    where: pairs.default([]),
    delimiter: z.string().length(1).default(','),
    locations: z.string().optional(),
    locationColumns: columns(3, 'the columns of id,latitude,longitude').default(['id', 'latitude', 'longitude']),
    position: columns(2, 'the columns of latitude,longitude').optional(),
    at: latLon.pipe(Position).optional(),
    provider: ProviderId.optional(),
    shiftToNow: z.union([z.literal(true).transform(() => 'hour' as const), z.enum(['hour', 'day', 'week'])]).optional(),
    /** Hours. */
    shift: z.coerce.number().int().optional(),
    speed: z.coerce.number().positive().optional(),
    url: z.url().default('http://127.0.0.1:8080'),
    key: z.string().optional(),
    keyFile: z.string().default('./data/admin.key'),
    credentials: z.string().default('./data/replay-credentials.json'),
    transport: z.enum(['mqtt', 'http']).default('mqtt'),
    mqtt: hostAndPort.prefault('127.0.0.1:1883'),
    batch: natural.max(1_000).default(1),
    inFlight: natural.max(20_000).default(256),
    /** Seconds. */
    giveUp: z.coerce.number().positive().max(86_400).default(60),
    dryRun: z.boolean().default(false),
    json: z.boolean().default(false),
  })
  .superRefine((options, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((options.device === undefined) === (options.deviceId === undefined))
      wrong('device', 'give either --device COLUMN or --device-id ID');
    if (options.shift !== undefined && options.shiftToNow !== undefined)
      wrong('shift', 'give either --shift HOURS or --shift-to-now');
    const kind = catalogue.kind(options.domain, options.kind);
    if (!kind) {
      wrong('kind', `domain ${options.domain} has no kind ${options.kind}`);
      return;
    }
    const metrics = options.metric.map(([, metric]) => metric);
    if (new Set(metrics).size < metrics.length) wrong('metric', 'two columns cannot hold the same metric of a device');
    for (const metric of metrics)
      if (!kind.metrics.includes(metric))
        wrong('metric', `${options.kind} has no metric ${metric}; it has ${kind.metrics.join(', ')}`);
  });
export type ReplayOptions = z.infer<typeof ReplayOptions>;
