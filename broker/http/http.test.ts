import { describe, expect, it } from 'vitest';
import { Problem } from '../../model/problem.ts';
import { JournalUnavailable } from '../../storage/journal/port.ts';
import { eventually, HandJournal, READING, startBroker } from '../harness.fixture.ts';

async function city(limits: Parameters<typeof startBroker>[0] = {}) {
  const journal = new HandJournal();
  const running = await startBroker(limits, journal);
  running.device('cam-1');
  running.device('cam-2');
  running.observer('wall');
  const basic = (username: string, password = running.secretOf(username)) => `Basic ${btoa(`${username}:${password}`)}`;
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, id = 'cam-1') =>
    running.broker.http.request(`/devices/${id}/telemetry`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: basic('cam-1'), ...headers },
    });
  return { ...running, journal, post, basic };
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe('POST telemetry', () => {
  it('answers 202 with the number of readings, for one journal entry as it came', async () => {
    const { post, journal } = await city();
    const one = await post(READING);
    expect(one.status).toBe(202);
    expect(await one.json()).toEqual({ accepted: 1 });
    const body = `[ ${READING},\n ${READING}, {} ]`;
    const three = await post(body, { 'content-type': 'application/json; charset=utf-8' });
    expect(await three.json()).toEqual({ accepted: 3 });
    expect(journal.texts()).toEqual([READING, body]);
    expect(journal.entries[0]).toMatchObject({ device: 'cam-1', domain: 'traffic', provider: 'hanoi', format: 'json' });
  });

  it.each([
    ['application/senml+json', 'senml', '[{"bn":"x:","n":"mean_speed","v":31.5},{"n":"vehicle_count","v":2}]', 2],
    ['application/senml+cbor', 'senml-cbor', Uint8Array.of(0x81, 0xa1, 0x02, 0x05), 1],
    ['text/plain; charset=utf-8', 'line', 'm mean_speed=31.5\n# a comment\n\nm mean_speed=30 1764000000000000000', 2],
  ])('takes %s as %s, byte for byte', async (type, format, body, accepted) => {
    const { post, journal } = await city();
    const response = await post(body, { 'content-type': type });
    expect([response.status, await response.json()]).toEqual([202, { accepted }]);
    expect(journal.entries).toMatchObject([{ format, payload: Buffer.from(body) }]);
  });

  it('of an encoded body is answered 415', async () => {
    const { post, journal } = await city();
    const response = await post(READING, { 'content-encoding': 'gzip' });
    expect((await problemOf(response)).code).toBe('unsupported-media-type');
    expect(journal.entries).toEqual([]);
  });

  it('answers only after the flush', async () => {
    const { post, journal } = await city();
    journal.automatic = false;
    let answered = false;
    const response = Promise.resolve(post(READING)).finally(() => {
      answered = true;
    });
    await eventually(() => expect(journal.waiting()).toBe(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    journal.flush();
    expect((await response).status).toBe(202);
  });

  it.each([
    ['no credential', { authorization: '' }],
    ['no Basic', { authorization: 'Bearer x.y' }],
    ['a wrong password', { authorization: `Basic ${btoa('cam-1:wrong')}` }],
    ['an unknown device', { authorization: `Basic ${btoa('nobody:x')}` }],
  ])('with %s is answered 401 with a challenge', async (_, headers) => {
    const { post, journal } = await city();
    const response = await post(READING, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    expect((await problemOf(response)).code).toBe('unauthorized');
    expect(journal.entries).toEqual([]);
  });

  it('as another device, an observer or a retired device is answered 403', async () => {
    const { post, basic, change, journal } = await city();
    expect((await problemOf(await post(READING, {}, 'cam-2'))).code).toBe('forbidden');
    expect((await post(READING, { authorization: basic('wall') })).status).toBe(403);
    expect((await post(READING, { authorization: basic('wall') }, 'wall')).status).toBe(403);
    change('cam-1', { active: false });
    expect((await post(READING)).status).toBe(403);
    expect(journal.entries).toEqual([]);
  });

  it.each([
    ['', 'malformed-json'],
    ['{', 'malformed-json'],
    ['{"values":NaN}', 'malformed-json'],
    [Uint8Array.of(0x22, 0xff, 0x22), 'malformed-json'],
    ['[]', 'invalid-request'],
    ['12', 'invalid-request'],
    ['null', 'invalid-request'],
    ['"text"', 'invalid-request'],
    ['[{},1]', 'invalid-request'],
    ['[[{}]]', 'invalid-request'],
  ])('of %j is answered 400 %s at once', async (body, code) => {
    const { post, journal } = await city();
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).code).toBe(code);
    expect(journal.entries).toEqual([]);
  });

  it('with a parameter is answered 400, naming it', async () => {
    const { broker, basic, journal } = await city();
    const response = await broker.http.request('/devices/cam-1/telemetry?qos=1', {
      method: 'POST',
      body: READING,
      headers: { 'content-type': 'application/json', authorization: basic('cam-1') },
    });
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: 'invalid-request', errors: [{ path: 'qos' }] });
    expect(journal.entries).toEqual([]);
  });

  it('of another media type is answered 415', async () => {
    const { post } = await city();
    const response = await post(READING, { 'content-type': 'application/x-www-form-urlencoded' });
    expect((await problemOf(response)).code).toBe('unsupported-media-type');
  });

  it('of too large a body is answered 413, whether or not it announces its size', async () => {
    const { post, journal } = await city({ maxPacketBytes: 1_000 });
    const large = JSON.stringify({ note: 'x'.repeat(2_000) });
    const announced = await post(large, { 'content-length': String(large.length) });
    expect((await problemOf(announced)).code).toBe('payload-too-large');
    expect((await post(large, { 'transfer-encoding': 'chunked' })).status).toBe(413);
    expect((await post(JSON.stringify({ note: 'x'.repeat(900) }))).status).toBe(202);
    expect(journal.entries).toHaveLength(1);
  });

  it('that the journal does not take is answered 503, to be sent again', async () => {
    const { post, journal } = await city();
    journal.failure = new JournalUnavailable('no space left');
    const response = await post(READING);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await problemOf(response)).code).toBe('overloaded');
    journal.failure = undefined;
    expect((await post(READING)).status).toBe(202);
  });

  it('that sees no commit in time, or no registry, is answered 503', async () => {
    const { post, journal, registryDown } = await city({ commitGiveUpMs: 50 });
    journal.automatic = false;
    expect((await post(READING)).status).toBe(503);
    journal.flush();
    const down = await city();
    down.registryDown(true);
    expect((await down.post(READING)).status).toBe(503);
    registryDown(false);
  });

  it('is described for the API’s document', async () => {
    const { broker } = await city();
    const document = broker.http.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
    const operation = document.paths?.['/devices/{id}/telemetry']?.post;
    expect(Object.keys(operation?.responses ?? {})).toEqual(['202', '400', '401', '403', '413', '415', '429', '503']);
    expect(operation?.requestBody).toMatchObject({
      content: Object.fromEntries(
        ['application/json', 'application/senml+json', 'application/senml+cbor', 'text/plain'].map((type) => [
          type,
          {},
        ]),
      ),
    });
  });
});
