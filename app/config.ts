import { z } from 'zod';
import { BASE_MAPS } from '../model/basemap.ts';
import { isAddressRange } from '../model/network-address.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** "90d", "24h", "30m", "10s" to ms. */
const duration = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount === undefined || !(unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')) {
    context.addIssue({ code: 'custom', message: 'must be a duration such as 90d, 24h, 30m or 10s' });
    return z.NEVER;
  }
  return Number(amount) * UNITS[unit];
});

const BYTES = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

/** "8G", "512M", "64K", "1T" or a number, to bytes; more than none. */
const size = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d{1,12})([KMGT]?)$/.exec(text) ?? [];
  const times = unit === 'K' || unit === 'M' || unit === 'G' || unit === 'T' ? BYTES[unit] : 1;
  if (amount !== undefined && Number(amount) > 0) return Number(amount) * times;
  context.addIssue({ code: 'custom', message: 'must be a size such as 8G, 512M or 64K' });
  return z.NEVER;
});

const rate = z.coerce.number().int().min(1).max(1_000_000_000);
/** "10.0.0.0/8, 192.0.2.7" to its parts. */
const addresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isAddressRange), 'must be addresses or CIDR ranges such as 10.0.0.0/8,192.0.2.7');
const port = z.coerce.number().int().min(0).max(65_535);
const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');
const zone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, 'must be an IANA time zone such as Asia/Ho_Chi_Minh');

const DEVICES = 'must be off or a number of devices, at most 200000';
/** Retention of nothing would delete what was just acknowledged. */
const kept = duration.refine((ms) => ms > 0, 'must be longer than nothing');
const HISTORY = 'must be off or a duration of at most 7d, such as 24h';

/**
 * Every environment variable of the city, its default and what it means. An empty variable counts as not set.
 * README.md lists them; this is the only reader of the environment.
 */
const Environment = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PORT: port.default(8080),
    MQTT_HOST: z.string().default('127.0.0.1'),
    MQTT_PORT: port.default(1883),
    MQTTS_PORT: port.optional(),
    TLS_CERT: z.string().optional(),
    TLS_KEY: z.string().optional(),
    TLS_CA: z.string().optional(),
    TLS_CLIENT_CERT: z.enum(['require', 'optional']).default('require'),
    PROXY_PROTOCOL: onOff.default(false),
    TRUSTED_PROXIES: addresses.default([]),
    CREDENTIAL_OVERLAP: duration.refine((ms) => ms <= 30 * UNITS.d, 'must be at most 30d').default(24 * UNITS.h),
    DATA_DIR: z.string().default('./data'),
    CITY_URL: z.url({ protocol: /^https?$/ }).optional(),
    STORE: z.enum(['duckdb', 'influxdb']).default('duckdb'),
    INFLUX_URL: z.url({ protocol: /^https?$/ }).optional(),
    INFLUX_VERSION: z.enum(['1', '2', '3']).default('1'),
    INFLUX_DATABASE: z.string().default('nhip'),
    INFLUX_USERNAME: z.string().optional(),
    INFLUX_PASSWORD: z.string().optional(),
    INFLUX_ORG: z.string().optional(),
    INFLUX_TOKEN: z.string().optional(),
    REGISTRY_URL: z.never({ error: 'is not supported yet: the registry is SQLite in DATA_DIR' }).optional(),
    SIMULATE: z
      .union([z.literal('off').transform(() => 0), z.coerce.number().int().min(0, DEVICES).max(200_000, DEVICES)], {
        error: DEVICES,
      })
      .default(600),
    SIMULATE_HISTORY: z
      .union([z.literal('off').transform(() => 0), duration.refine((ms) => ms <= 7 * UNITS.d, HISTORY)], {
        error: HISTORY,
      })
      .default(24 * UNITS.h),
    ADMIN_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 ASCII characters and no space')
      .optional(),
    PUBLIC_READ: onOff.default(true),
    CITY_TIMEZONE: zone.default('Asia/Ho_Chi_Minh'),
    RETENTION_RAW: kept.default(90 * UNITS.d),
    RETENTION_HOURS: kept.default(1_825 * UNITS.d),
    RETENTION_JOURNAL: kept.default(24 * UNITS.h),
    RETENTION_QUARANTINE: kept.default(30 * UNITS.d),
    RETENTION_ARCHIVE: kept.default(1_825 * UNITS.d),
    RETENTION_PRESENCE: kept.default(400 * UNITS.d),
    ARCHIVE: onOff.default(true),
    PRESENCE_GRACE: duration.refine((ms) => ms <= UNITS.h, 'must be at most 1h').default(10 * UNITS.s),
    JOURNAL_BACKLOG: size.default(8 * BYTES.G),
    DEVICE_RATE: rate.default(2_000),
    PROVIDER_RATE: rate.default(20_000),
    API_RATE: rate.default(50),
    BASEMAP: z.enum(BASE_MAPS).default('schematic'),
    PMTILES: z.string().optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  })
  .superRefine((env, context) => {
    const need = (name: keyof typeof env, when: string): void => {
      if (env[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: `is needed ${when}` });
    };
    if (env.STORE === 'influxdb') {
      need('INFLUX_URL', 'with STORE=influxdb');
      if (env.INFLUX_VERSION !== '1') need('INFLUX_TOKEN', `with INFLUX_VERSION=${env.INFLUX_VERSION}`);
      if (env.INFLUX_VERSION === '2') need('INFLUX_ORG', 'with INFLUX_VERSION=2');
    }
    if (env.BASEMAP === 'pmtiles') need('PMTILES', 'with BASEMAP=pmtiles');
    if (env.MQTTS_PORT !== undefined) {
      need('TLS_CERT', 'with MQTTS_PORT');
      need('TLS_KEY', 'with MQTTS_PORT');
    }
    if (env.PROXY_PROTOCOL && env.TRUSTED_PROXIES.length === 0)
      context.addIssue({ code: 'custom', path: ['TRUSTED_PROXIES'], message: 'is needed with PROXY_PROTOCOL=on' });
  });

/** The names of all settings. */
export const SETTINGS: readonly string[] = Object.keys(Environment.shape);

export type Config = Readonly<z.infer<typeof Environment>>;

/** A variable has a value that cannot be used; `message` is one line that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Parses the environment once; throws a ConfigError on the first wrong value. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'not valid'}`);
}

/** The process's own environment, parsed. */
export const configFromProcess = (): Config => parseConfig(process.env);
