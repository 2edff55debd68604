import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { auth } from 'hono/utils/basic-auth';
import { DeviceId } from '../../model/device.ts';
import { CodedError } from '../../model/problem.ts';
import type { Principal } from '../../storage/registry/port.ts';
import type { Credentials } from '../admission/credentials.ts';
import type { BrokerConfig } from '../config.ts';
import type { Gate } from '../gate.ts';
import { journalled, problemAnswer, problemResponse, refuseParameters, tooLarge } from './answers.ts';
import { BODY_TYPES, bodyTypeOf } from './bodies.ts';

interface HttpDeps {
  readonly gate: Gate;
  readonly credentials: Credentials;
  readonly config: Pick<BrokerConfig, 'maxPacketBytes' | 'commitGiveUpMs'>;
}

/** The endpoint as a sub-application, to be mounted under `/api/v1`. */
export type TelemetryEndpoint = OpenAPIHono<TelemetryEnv>;

/** `address` is the client's, as the server that took the request found it out. */
interface TelemetryEnv {
  Variables: { principal: Principal };
  Bindings: { readonly address?: string | undefined };
}

const CHALLENGE = 'Basic realm="city", charset="UTF-8"';

const Accepted = z
  .object({
    accepted: z.number().int().positive().meta({ description: 'Readings, SenML records or lines in the message.' }),
  })
  .meta({ id: 'Accepted' });

function describe(app: TelemetryEndpoint): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'device', {
    type: 'http',
    scheme: 'basic',
    description: 'The device’s id and its password.',
  });
  // Only described here and not validated by it: the journal keeps the body as it came, byte for byte.
  app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/devices/{id}/telemetry',
    tags: ['Devices'],
    summary: 'Send telemetry as the device',
    description: 'One message, as on MQTT. It is flushed to disk before the answer.',
    security: [{ device: [] }],
    request: {
      params: z.object({ id: DeviceId }),
      body: { required: true, content: BODY_TYPES },
    },
    responses: {
      202: { description: 'Flushed to disk', content: { 'application/json': { schema: Accepted } } },
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

/** `POST /devices/{id}/telemetry`: the same door as MQTT for devices that only speak HTTP. One message a request. */
export function createTelemetryEndpoint({ gate, credentials, config }: HttpDeps): TelemetryEndpoint {
  const app: TelemetryEndpoint = new OpenAPIHono();
  describe(app);

  app.onError((error, c) => {
    if (error instanceof CodedError) return problemResponse(c, error, CHALLENGE);
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });

  async function authorize(c: Context<TelemetryEnv>): Promise<Principal> {
    const presented = auth(c.req.raw);
    if (!presented) throw new CodedError('unauthorized', 'the device’s user name and password are needed (Basic)');
    let found: Awaited<ReturnType<Credentials['check']>>;
    try {
      // Without a server in front, as in a test, there is no environment either.
      found = await credentials.check(c.env?.address ?? '', presented.username, presented.password);
    } catch {
      throw new CodedError('overloaded', 'the registry does not answer');
    }
    if (found === 'unknown') throw new CodedError('unauthorized', 'the user name or password is wrong');
    if (found === 'retired') throw new CodedError('forbidden', 'the device is retired');
    if ('waitMs' in found) {
      const seconds = Math.ceil(found.waitMs / 1000);
      throw new CodedError('too-many-requests', 'too many wrong passwords came from there', undefined, seconds);
    }
    const { principal } = found;
    if (principal.kind !== 'device' || principal.username !== c.req.param('id')) {
      throw new CodedError('forbidden', 'a device may send only as itself');
    }
    return principal;
  }

  app.post(
    '/devices/:id/telemetry',
    async (c, next) => {
      // Who sends is settled before a byte of the body is read.
      c.set('principal', await authorize(c));
      await gate.turn(c.get('principal'));
      refuseParameters(c.req.url);
      await next();
    },
    bodyLimit({ maxSize: config.maxPacketBytes, onError: tooLarge(config.maxPacketBytes) }),
    async (c) => {
      const { format, count } = bodyTypeOf(c.req.header('content-type'));
      if (c.req.header('content-encoding')) throw new CodedError('unsupported-media-type', 'send the body unencoded');
      if (gate.full) throw new CodedError('overloaded');
      const body = new Uint8Array(await c.req.arrayBuffer());
      const accepted = count(body);
      await journalled(gate, config, c.get('principal'), body, format);
      return c.json({ accepted }, 202);
    },
  );
  return app;
}
