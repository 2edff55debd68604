import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { auth } from 'hono/utils/basic-auth';
import { DeviceId } from '../model/device.ts';
import { CodedError, PROBLEMS, Problem, type ProblemCode, problemOf } from '../model/problem.ts';
import { TelemetryMessage } from '../model/telemetry.ts';
import type { Principal } from '../storage/registry/port.ts';
import type { BrokerConfig } from './config.ts';
import type { Gate } from './gate.ts';
import type { Principals } from './principals.ts';

interface HttpDeps {
  readonly gate: Gate;
  readonly principals: Principals;
  readonly config: Pick<BrokerConfig, 'maxPacketBytes' | 'commitGiveUpMs'>;
}

/** The endpoint as a sub-application, to be mounted under `/api/v1`. */
export type TelemetryEndpoint = OpenAPIHono<{ Variables: { principal: Principal } }>;

/** Seconds a sender is asked to wait where the city cannot take more. */
const RETRY_AFTER = '5';
const CHALLENGE = 'Basic realm="city", charset="UTF-8"';

const Accepted = z
  .object({ accepted: z.number().int().positive().meta({ description: 'Readings in the message.' }) })
  .meta({ id: 'Accepted' });

/** How many readings the body holds. Whether each is good is for ingest to say; here it only has to look like a message. */
export function countReadings(body: Uint8Array): number {
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new CodedError('malformed-json');
  }
  const readings = Array.isArray(message) ? message : [message];
  const isReading = (reading: unknown) => typeof reading === 'object' && reading !== null && !Array.isArray(reading);
  if (readings.length === 0 || !readings.every(isReading)) {
    throw new CodedError('invalid-request', 'the body is one reading or a non-empty array of readings');
  }
  return readings.length;
}

/** Nothing is taken beside the body: a parameter that did nothing would hide a sender's mistake. */
function refuseParameters(url: string): void {
  const given = [...new Set(new URL(url).searchParams.keys())];
  if (given.length === 0) return;
  const errors = given.map((path) => ({ path, message: 'there is no such parameter' }));
  throw new CodedError('invalid-request', `there is no parameter ${given.join(', ')}`, errors);
}

function problemResponse(c: Context, error: CodedError): Response {
  const { status } = PROBLEMS[error.code];
  return c.body(JSON.stringify(problemOf(error, c.req.path)), status, {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': CHALLENGE } : {}),
    ...(status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
  });
}

function describe(app: TelemetryEndpoint): void {
  const problem = (code: ProblemCode) => ({
    description: PROBLEMS[code].title,
    content: { 'application/problem+json': { schema: Problem } },
  });
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
      body: { required: true, content: { 'application/json': { schema: TelemetryMessage } } },
    },
    responses: {
      202: { description: 'Flushed to disk', content: { 'application/json': { schema: Accepted } } },
      400: problem('invalid-request'),
      401: problem('unauthorized'),
      403: problem('forbidden'),
      413: problem('payload-too-large'),
      415: problem('unsupported-media-type'),
      503: problem('overloaded'),
    },
  });
}

/** `POST /devices/{id}/telemetry`: the same door as MQTT for devices that only speak HTTP. One message a request. */
export function createTelemetryEndpoint({ gate, principals, config }: HttpDeps): TelemetryEndpoint {
  const app: TelemetryEndpoint = new OpenAPIHono();
  describe(app);

  app.onError((error, c) => {
    if (error instanceof CodedError) return problemResponse(c, error);
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });

  async function authorize(c: Context): Promise<Principal> {
    const presented = auth(c.req.raw);
    if (!presented) throw new CodedError('unauthorized', 'the device’s user name and password are needed (Basic)');
    let found: Awaited<ReturnType<Principals['verify']>>;
    try {
      found = await principals.verify(presented.username, presented.password);
    } catch {
      throw new CodedError('overloaded', 'the registry does not answer');
    }
    if (found === 'unknown') throw new CodedError('unauthorized', 'the user name or password is wrong');
    if (found === 'retired') throw new CodedError('forbidden', 'the device is retired');
    if (found.kind !== 'device' || found.username !== c.req.param('id')) {
      throw new CodedError('forbidden', 'a device may send only as itself');
    }
    return found;
  }

  /** Waits for the flush, but no longer than a client would be kept over MQTT. */
  async function journal(principal: Principal, body: Uint8Array): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no commit in time')), config.commitGiveUpMs);
    });
    try {
      await Promise.race([gate.append(principal, body, 'json'), late]);
    } catch {
      throw new CodedError('overloaded', 'the journal did not take the message: send it again');
    } finally {
      clearTimeout(timer);
    }
  }

  const tooLarge = () => {
    throw new CodedError('payload-too-large', `a message has at most ${config.maxPacketBytes} bytes`);
  };

  app.post(
    '/devices/:id/telemetry',
    async (c, next) => {
      // Who sends is settled before a byte of the body is read.
      c.set('principal', await authorize(c));
      refuseParameters(c.req.url);
      await next();
    },
    bodyLimit({ maxSize: config.maxPacketBytes, onError: tooLarge }),
    async (c) => {
      const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') throw new CodedError('unsupported-media-type', 'send application/json');
      if (gate.full) throw new CodedError('overloaded');
      const body = new Uint8Array(await c.req.arrayBuffer());
      const accepted = countReadings(body);
      await journal(c.get('principal'), body);
      return c.json({ accepted }, 202);
    },
  );
  return app;
}
