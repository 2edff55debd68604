import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { CITY_PROVIDER } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import { UPLINK_FORMATS, type UplinkFormat } from '../../model/topic.ts';
import {
  ChirpStackUplink,
  carriesPayload,
  isOtherTtsMessage,
  readUplink,
  TtsUplink,
  type Uplink,
} from '../../model/uplink.ts';
import type { KeyCheck } from '../../storage/registry/key-check.ts';
import { bearerOf } from '../../storage/registry/keys.ts';
import type { ApiKey, Principal } from '../../storage/registry/port.ts';
import type { Principals } from '../admission/principals.ts';
import type { BrokerConfig } from '../config.ts';
import type { Gate } from '../gate.ts';
import { KeyTurns } from '../limits/key-turns.ts';
import { journalled, problemAnswer, problemResponse, refuseParameters, tooLarge } from './answers.ts';

interface UplinkDeps {
  readonly gate: Pick<Gate, 'append' | 'full' | 'turn'>;
  readonly principals: Pick<Principals, 'find'>;
  readonly keys: Pick<KeyCheck, 'find'>;
  readonly config: Pick<BrokerConfig, 'maxPacketBytes' | 'commitGiveUpMs' | 'keyRate'>;
}

type Env = { Bindings: { readonly address?: string }; Variables: { key: ApiKey } };
/** The webhooks as a sub-application, to be mounted under `/api/v1`. */
export type UplinkEndpoint = OpenAPIHono<Env>;

const CHALLENGE = 'Bearer realm="city"';
/** What ChirpStack calls the event that is an uplink; others are of joins, states, acknowledgements, logs. */
const UP = 'up';
const PARAMETERS: Readonly<Record<UplinkFormat, readonly string[]>> = { tts: [], chirpstack: ['event'] };
const SCHEMAS = { tts: TtsUplink, chirpstack: ChirpStackUplink } as const;
const SERVERS = { tts: 'The Things Stack v3', chirpstack: 'ChirpStack v4' } as const;

const Taken = z
  .object({
    accepted: z.number().int().min(0).max(1).meta({
      description:
        '1: the uplink is flushed to disk. 0: the message is none, or carries nothing of the application, and nothing is kept of it.',
    }),
  })
  .meta({ id: 'UplinkTaken' });

function describe(app: UplinkEndpoint, format: UplinkFormat): void {
  // Only described here and not validated by it: the journal keeps the body as it came, byte for byte.
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: `/uplinks/${format}`,
    tags: ['Devices'],
    summary: `Uplinks of LoRaWAN devices from ${SERVERS[format]}`,
    description:
      'A webhook of the network server. The device is `eui-` and its DevEUI in lower case; an uplink of one that is not registered goes to the quarantine. Needs a key with the scope `uplinks`; beside the limits of devices and providers a key has one of its own, whatever devices it names.',
    security: [{ key: [] }],
    request: {
      ...(format === 'chirpstack' && {
        query: z.object({
          event: z
            .string()
            .optional()
            .meta({ description: `What the body is of: only \`${UP}\` is taken.` }),
        }),
      }),
      body: { required: true, content: { 'application/json': { schema: SCHEMAS[format] } } },
    },
    responses: {
      202: { description: 'Flushed to disk, or nothing to keep', content: { 'application/json': { schema: Taken } } },
      400: problemAnswer('invalid-request'),
      401: problemAnswer('unauthorized'),
      403: problemAnswer('forbidden'),
      413: problemAnswer('payload-too-large'),
      415: problemAnswer('unsupported-media-type'),
      429: problemAnswer('too-many-requests'),
      503: problemAnswer('overloaded'),
    },
  });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new CodedError('malformed-json');
  }
}

/** The uplink in a webhook's body, undefined where the city keeps nothing of it; throws where it is no message of the server. */
function uplinkOf(format: UplinkFormat, message: unknown): Uplink | undefined {
  const read = readUplink(format, message);
  if (read.success) return carriesPayload(read.data) && !read.data.simulated ? read.data : undefined;
  if (format === 'tts' && isOtherTtsMessage(message)) return undefined;
  const errors = read.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new CodedError('invalid-request', `the body is not an uplink of ${SERVERS[format]}`, errors);
}

/**
 * `POST /uplinks/tts` and `/uplinks/chirpstack`: network servers deliver what LoRaWAN devices sent. An uplink is in the
 * journal, flushed and byte for byte, before it is answered; one that comes again says the same again and is stored once.
 */
export function createUplinkEndpoint({ gate, principals, keys, config }: UplinkDeps): UplinkEndpoint {
  const app: UplinkEndpoint = new OpenAPIHono();
  const turns = new KeyTurns(config.keyRate);

  app.onError((error, c) => {
    if (error instanceof CodedError) return problemResponse(c, error, CHALLENGE);
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });

  /** Asks the registry; what it does not know now it may know in a while. */
  async function ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof CodedError ? error : new CodedError('overloaded', 'the registry does not answer');
    }
  }

  async function authorize(c: Context<Env>): Promise<ApiKey> {
    const presented = bearerOf(c.req.header('authorization'));
    if (presented === undefined) throw new CodedError('unauthorized', 'a key is needed (Authorization: Bearer)');
    const key = await ask(keys.find(presented, c.env?.address ?? ''));
    if (!key) throw new CodedError('unauthorized', 'the key is not valid');
    if (!key.scopes.includes('uplinks')) throw new CodedError('forbidden', 'this needs a key with the scope uplinks');
    return key;
  }

  /** In whose name the uplink is kept: the device's, or of nobody known yet. */
  async function senderOf({ device }: Uplink, { provider }: ApiKey): Promise<Principal> {
    const found = await ask(principals.find(device));
    if (found?.kind !== 'device')
      return {
        ...{ kind: 'device', username: device, hash: new Uint8Array(), previous: null, domain: '', active: true },
        provider: provider ?? CITY_PROVIDER,
      };
    if (provider !== null && provider !== found.provider)
      throw new CodedError('forbidden', `${device} is not a device of ${provider}`);
    if (!found.active) throw new CodedError('forbidden', `${device} is retired`);
    return found;
  }

  for (const format of UPLINK_FORMATS) {
    describe(app, format);
    app.post(
      `/uplinks/${format}`,
      async (c, next) => {
        // Who sends is settled before a byte of the body is read.
        c.set('key', await authorize(c));
        await turns.turn(c.get('key').id);
        refuseParameters(c.req.url, PARAMETERS[format]);
        await next();
      },
      bodyLimit({ maxSize: config.maxPacketBytes, onError: tooLarge(config.maxPacketBytes) }),
      async (c) => {
        // A refusal would have ChirpStack log an error for each event that it was asked to send.
        if (format === 'chirpstack' && (c.req.query('event') ?? UP) !== UP) return c.json({ accepted: 0 }, 202);
        const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
        if (type !== 'application/json') throw new CodedError('unsupported-media-type', 'send application/json');
        if (gate.full) throw new CodedError('overloaded');
        const body = new Uint8Array(await c.req.arrayBuffer());
        const uplink = uplinkOf(format, parse(body));
        if (!uplink) return c.json({ accepted: 0 }, 202);
        const sender = await senderOf(uplink, c.get('key'));
        await gate.turn(sender);
        await journalled(gate, config, sender, body, format);
        return c.json({ accepted: 1 }, 202);
      },
    );
  }
  return app;
}
