import { describe, expect, it } from 'vitest';
import { Problem } from '../../model/problem.ts';
import type { UplinkFormat } from '../../model/topic.ts';
import { JournalUnavailable } from '../../storage/journal/port.ts';
import { eventually, HandJournal, startBroker } from '../harness.fixture.ts';

const ROOM = 'eui-24e124707c141234';
const PAYLOAD = Buffer.from('077dc501', 'hex').toString('base64');
const TIME = '2026-11-24T01:00:00.641841782Z';

const tts = (more: object = {}, uplink: object = {}) => ({
  end_device_ids: { device_id: 'room-4', dev_eui: '24E124707C141234' },
  received_at: '2026-11-24T01:00:00.848446463Z',
  uplink_message: { f_port: 85, f_cnt: 7, frm_payload: PAYLOAD, received_at: TIME, ...uplink },
  ...more,
});
const chirpstack = (more: object = {}) => ({
  ...{
    deduplicationId: 'd',
    time: TIME,
    deviceInfo: { devEui: '24e124707c141234' },
    fPort: 85,
    fCnt: 7,
    data: PAYLOAD,
  },
  ...more,
});

async function city(limits: Parameters<typeof startBroker>[0] = {}) {
  const journal = new HandJournal();
  const running = await startBroker(limits, journal);
  const key = running.key('network', ['uplinks']);
  const post = (to: UplinkFormat, body: unknown, headers: Record<string, string> = {}, query = '') =>
    running.broker.http.request(`/uplinks/${to}${query}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    });
  return { ...running, journal, post };
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe('POST uplinks', () => {
  it('answers 202 for one journal entry, byte for byte, in the name of the device', async () => {
    const { post, journal, device } = await city();
    device(ROOM, 'education');
    const body = JSON.stringify(tts(), null, 2);
    const answer = await post('tts', body);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: 1 });
    expect(await (await post('chirpstack', chirpstack(), {}, '?event=up')).json()).toEqual({ accepted: 1 });
    expect(journal.texts()[0]).toBe(body);
    const whose = { device: ROOM, domain: 'education', provider: 'hanoi' };
    expect(journal.entries).toMatchObject([
      { ...whose, format: 'tts' },
      { ...whose, format: 'chirpstack' },
    ]);
  });

  it('answers only after the flush', async () => {
    const { post, journal } = await city();
    journal.automatic = false;
    let answered = false;
    const response = Promise.resolve(post('tts', tts())).finally(() => {
      answered = true;
    });
    await eventually(() => expect(journal.waiting()).toBe(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    journal.flush();
    expect((await response).status).toBe(202);
  });

  it('takes what a device sends that is not registered yet: for the key’s provider, or the city', async () => {
    const { post, journal, key, observer } = await city();
    observer(ROOM);
    const authorization = `Bearer ${key('firm-key', ['uplinks'], 'firm')}`;
    for (const headers of [{}, { authorization }]) expect((await post('tts', tts(), headers)).status).toBe(202);
    expect(journal.entries).toMatchObject([
      { device: ROOM, domain: '', provider: 'hanoi' },
      { device: ROOM, domain: '', provider: 'firm' },
    ]);
  });

  it.each([
    ['no key', { authorization: '' }],
    ['a device’s password', { authorization: `Basic ${btoa('a:b')}` }],
    ['an unknown key', { authorization: 'Bearer network.wrong' }],
    ['an empty key', { authorization: 'Bearer ' }],
  ])('with %s is answered 401 with a challenge', async (_, headers) => {
    const { post, journal } = await city();
    const response = await post('tts', tts(), headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    expect((await problemOf(response)).code).toBe('unauthorized');
    expect(journal.entries).toEqual([]);
  });

  it('with a key of another scope, of another provider, or for a retired device is answered 403', async () => {
    const { post, journal, key, device, change } = await city();
    device(ROOM, 'education');
    const answers = [key('partner', ['read', 'admin']), key('firm-key', ['uplinks'], 'firm')].map((secret) =>
      post('tts', tts(), { authorization: `Bearer ${secret}` }),
    );
    for (const answer of await Promise.all(answers)) expect((await problemOf(answer)).code).toBe('forbidden');
    const own = { authorization: `Bearer ${key('hanoi-key', ['uplinks'], 'hanoi')}` };
    expect((await post('tts', tts(), own)).status).toBe(202);
    change(ROOM, { active: false });
    expect((await post('tts', tts(), own)).status).toBe(403);
    expect(journal.entries).toHaveLength(1);
  });

  it.each([
    ['tts', '', 'malformed-json', []],
    ['tts', '{"end_device_ids": {}', 'malformed-json', []],
    ['tts', '[]', 'invalid-request', ['']],
    ['tts', chirpstack(), 'invalid-request', ['end_device_ids', 'uplink_message']],
    ['chirpstack', tts(), 'invalid-request', ['time', 'deviceInfo']],
    ['tts', tts({ end_device_ids: { dev_eui: 'x' } }), 'invalid-request', ['end_device_ids.dev_eui']],
    ['chirpstack', chirpstack({ data: 'not base64' }), 'invalid-request', ['data']],
  ] as const)('to %s of %j is answered 400 %s, naming what is wrong', async (to, body, code, paths) => {
    const { post, journal } = await city();
    const problem = await problemOf(await post(to, body));
    expect(problem).toMatchObject({ status: 400, code });
    expect(problem.errors?.map(({ path }) => path) ?? []).toEqual(paths);
    expect(journal.entries).toEqual([]);
  });

  it('takes an uplink whose payload nobody can read: that is for the quarantine to say', async () => {
    const { post, journal } = await city();
    expect((await post('tts', tts({}, { frm_payload: '////' }))).status).toBe(202);
    expect(journal.entries).toHaveLength(1);
  });

  it('keeps nothing of what is no uplink, or carries nothing of the application, and says so', async () => {
    const { post, journal } = await city();
    const join = { end_device_ids: { dev_eui: '24E124707C141234' }, join_accept: { session_key_id: 'x' } };
    const answers = [
      post('tts', join),
      post('tts', tts({}, { f_port: 0 })),
      post('tts', tts({}, { frm_payload: undefined })),
      post('tts', tts({ simulated: true })),
      post('chirpstack', chirpstack({ data: '', fPort: 0 }), {}, '?event=up'),
      ...['join', 'status', 'ack', 'txack', 'log', 'location', 'integration'].map((event) =>
        post('chirpstack', '{"deviceInfo": {}}', {}, `?event=${event}`),
      ),
    ];
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(202);
      expect(await answer.json()).toEqual({ accepted: 0 });
    }
    expect(journal.entries).toEqual([]);
  });

  it('takes ChirpStack’s event from the body where its address has none', async () => {
    const { post, journal } = await city();
    expect((await post('chirpstack', chirpstack())).status).toBe(202);
    expect(journal.entries).toHaveLength(1);
  });

  it('with a parameter that does nothing is answered 400, naming it', async () => {
    const { post } = await city();
    expect(await problemOf(await post('tts', tts(), {}, '?event=up'))).toMatchObject({ errors: [{ path: 'event' }] });
    expect((await post('chirpstack', chirpstack(), {}, '?event=up&key=x')).status).toBe(400);
  });

  it('of another media type is answered 415, of too large a body 413', async () => {
    const { post, journal } = await city({ maxPacketBytes: 1_000 });
    expect((await post('tts', tts(), { 'content-type': 'application/octet-stream' })).status).toBe(415);
    expect((await post('tts', tts({ note: 'x'.repeat(2_000) }))).status).toBe(413);
    expect(journal.entries).toEqual([]);
  });

  it('that the journal does not take, or no registry answers for, is answered 503, to be sent again', async () => {
    const { post, journal, registryDown } = await city();
    // Before anybody asked for the device: an answer that is known is good for a while.
    registryDown(true);
    expect((await post('tts', tts())).status).toBe(503);
    registryDown(false);
    journal.failure = new JournalUnavailable('no space left');
    const full = await post('tts', tts());
    expect(full.status).toBe(503);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    journal.failure = undefined;
    expect((await post('tts', tts())).status).toBe(202);
  });

  it('settles who sends before the body is looked at', async () => {
    const { post } = await city();
    expect((await post('tts', '{', { authorization: 'Bearer x.y' })).status).toBe(401);
  });

  it('is described for the API’s document', async () => {
    const { broker } = await city();
    const document = broker.http.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
    for (const to of ['tts', 'chirpstack']) {
      const operation = document.paths?.[`/uplinks/${to}`]?.post;
      const statuses = ['202', '400', '401', '403', '413', '415', '429', '503'];
      expect(Object.keys(operation?.responses ?? {})).toEqual(statuses);
      expect(operation?.requestBody).toMatchObject({
        content: { 'application/json': { schema: { $ref: expect.stringMatching(/Uplink$/) } } },
      });
    }
    expect(document.paths?.['/devices/{id}/telemetry']?.post).toBeDefined();
  });
});

describe('a key that names ever new devices', () => {
  const stranger = (n: number) => ({ end_device_ids: { dev_eui: n.toString(16).padStart(16, '0') } });

  it('is answered later, then sent away, and leaves other keys alone', async () => {
    const { post, key, journal } = await city({ keyRate: 5 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => post('tts', tts(stranger(n)))));
    const refused = answers.filter(({ status }) => status === 429);
    // The burst, and what fits into the second for which a message is held.
    expect(answers.length - refused.length).toBeLessThanOrEqual(15);
    expect(refused.length).toBeGreaterThan(20);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const answer of refused) expect((await problemOf(answer)).code).toBe('too-many-requests');
    expect(journal.entries).toHaveLength(answers.length - refused.length);
    const other = { authorization: `Bearer ${key('another', ['uplinks'])}` };
    expect((await post('tts', tts(stranger(99)), other)).status).toBe(202);
  });
});
