import { once } from 'node:events';
import tls from 'node:tls';
import type { IClientOptions } from 'mqtt';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import type { ClientCertificates, TlsFiles } from '../config.ts';
import {
  client,
  closed,
  connected,
  eventually,
  READING,
  refusal,
  startHandBroker,
  TELEMETRY,
} from '../harness.fixture.ts';
import { authority, type KeyPair } from './certificates.fixture.ts';
import { contextOptions } from './tls.ts';

/** A city with MQTTS, an authority of its own and one that is nobody's. */
async function secureCity(clients?: ClientCertificates) {
  const [city, own, foreign] = await Promise.all([startHandBroker(), authority('city'), authority('foreign')]);
  const server = await own.issue('/CN=localhost');
  const files: TlsFiles = clients === undefined ? server : { ...server, ca: own.cert };
  const listener = await city.broker.listenMqtts('127.0.0.1', 0, files, clients);
  const url = `mqtts://localhost:${listener.port}`;
  const dial = (options: IClientOptions = {}) =>
    client(url, { ca: own.cert, reconnectPeriod: 0, clientId: 'c', ...options });
  return { ...city, own, foreign, server, listener, dial };
}

/** What a handshake ends with: the protocol and cipher, or that it was refused. */
async function handshake(port: number, options: tls.ConnectionOptions): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  const outcome = await new Promise<string>((resolve) => {
    socket.once('secureConnect', () => resolve(`${socket.getProtocol()} ${socket.getCipher().name}`));
    socket.once('error', () => resolve('refused'));
    socket.once('close', () => resolve('refused'));
  });
  socket.destroy();
  return outcome;
}

/** The return code a client is refused with, `in`, or `closed` where it heard nothing. */
async function outcome(made: ReturnType<typeof client>): Promise<number | string> {
  const code = await refusal(made);
  return code ?? (made.connected ? 'in' : 'closed');
}

const shown = ({ cert, key }: KeyPair): IClientOptions => ({ cert, key });

describe('TLS', () => {
  it.each([
    ['TLSv1', 'refused'],
    ['TLSv1.1', 'refused'],
    ['TLSv1.2', expect.stringMatching(/^TLSv1.2 ECDHE-/)],
    ['TLSv1.3', expect.stringMatching(/^TLSv1.3 TLS_/)],
  ] as const)('of version %s is %s', async (version, expected) => {
    const { listener } = await secureCity();
    const versions = { minVersion: version, maxVersion: version, ciphers: 'ALL@SECLEVEL=0' };
    expect(await handshake(listener.port, versions)).toEqual(expected);
  });

  it('takes ephemeral keys with authenticated encryption, and none of the older ciphers', async () => {
    const { listener } = await secureCity();
    const offer = (ciphers: string) => handshake(listener.port, { maxVersion: 'TLSv1.2', ciphers });
    for (const good of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'])
      expect(await offer(good)).toBe(`TLSv1.2 ${good}`);
    for (const bad of [
      'ECDHE-ECDSA-AES128-SHA256',
      'ECDHE-ECDSA-AES256-SHA',
      'ECDHE-RSA-AES128-SHA',
      'AES128-GCM-SHA256',
      'AES256-SHA',
      'DHE-RSA-AES256-GCM-SHA384',
      'ALL:!ECDHE@SECLEVEL=0',
      'NULL@SECLEVEL=0',
      'aNULL@SECLEVEL=0',
    ])
      expect([bad, await offer(bad)]).toEqual([bad, 'refused']);
    // OpenSSL here cannot even offer RC4 and 3DES: what the city would take says the rest.
    expect(String(contextOptions(await (await authority('x')).issue('/CN=localhost')).ciphers)).not.toMatch(
      /CBC|RC4|3DES|DES-|SHA(:|$)|(^|:)AES|DHE-(?!E)(?<!ECDHE-)/,
    );
  });

  it('prefers the city’s order of ciphers to the client’s', async () => {
    const { listener } = await secureCity();
    const ciphers = 'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256';
    expect(await handshake(listener.port, { maxVersion: 'TLSv1.2', ciphers })).toBe(
      'TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256',
    );
  });
});

describe('a device’s certificate', () => {
  it('is its name: no password is needed, and telemetry goes in as that device', async () => {
    const city = await secureCity('require');
    const cam = city.dial(shown(await city.own.issue('/O=HN/CN=cam-1')));
    await connected(cam);
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(city.journal.entries).toMatchObject([{ device: 'cam-1' }]);
    const gone = closed(cam);
    await cam.publishAsync('city/traffic/cam-2/telemetry', READING, { qos: 0 });
    await gone;
    expect(city.journal.entries).toHaveLength(1);
  });

  it('lets it be nobody else, whatever password it knows', async () => {
    const city = await secureCity('require');
    const one = shown(await city.own.issue('/CN=cam-1'));
    const as = (username: string) => city.dial({ ...one, username, password: city.secretOf(username) });
    expect(await outcome(as('cam-2'))).toBe(5);
    expect(await outcome(as('wall'))).toBe(5);
    expect(await outcome(city.dial({ ...one, username: 'cam-1' }))).toBe('in');
  });

  it('of a device that is not registered, or retired, is refused', async () => {
    const city = await secureCity('require');
    const [one, other] = await Promise.all(['/CN=cam-1', '/CN=cam-9'].map((subject) => city.own.issue(subject)));
    if (!one || !other) throw new Error('no certificates');
    expect(await outcome(city.dial(shown(other)))).toBe(5);
    const cam = city.dial(shown(one));
    await connected(cam);
    const gone = closed(cam);
    city.change('cam-1', { active: false });
    await gone;
    expect(await outcome(city.dial(shown(one)))).toBe(5);
  });

  it('is good on, and its sessions stay, when its password is replaced', async () => {
    const city = await secureCity('require');
    const cam = city.dial(shown(await city.own.issue('/CN=cam-1')));
    await connected(cam);
    city.change('cam-1', { hash: new Uint8Array(32) });
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(cam.connected).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['no device', '/CN=Cam One'],
    ['two names', '/CN=cam-1/CN=cam-2'],
    ['a name only in another field', '/O=cam-1'],
  ])('that names %s is refused', async (_, subject) => {
    const city = await secureCity('require');
    expect(await outcome(city.dial(shown(await city.own.issue(subject || '/'))))).toBe('closed');
    await eventually(() => expect(city.broker.stats().openSockets).toBe(0));
  });

  it.each(['require', 'optional'] as const)('of another authority is refused where it is %sd', async (clients) => {
    const city = await secureCity(clients);
    const forged = shown(await city.foreign.issue('/CN=cam-1'));
    expect(await outcome(city.dial(forged))).toBe('closed');
    expect(await outcome(city.dial({ ...forged, ...city.as('cam-1') }))).toBe('closed');
  });

  it('is needed where it is required, and else a password does', async () => {
    const strict = await secureCity('require');
    expect(await outcome(strict.dial(strict.as('cam-1')))).toBe('closed');
    const lenient = await secureCity('optional');
    expect(await outcome(lenient.dial(lenient.as('cam-1')))).toBe('in');
    expect(await outcome(lenient.dial(lenient.as('cam-1', { password: 'wrong' })))).toBe(4);
    expect(await outcome(lenient.dial())).toBe(4);
    expect(await outcome(lenient.dial(shown(await lenient.own.issue('/CN=cam-2'))))).toBe('in');
  });

  it('alone makes nobody an observer: that needs its password too', async () => {
    const city = await secureCity('require');
    const wall = shown(await city.own.issue('/CN=wall'));
    expect(await outcome(city.dial(wall))).toBe(5);
    expect(await outcome(city.dial({ ...wall, ...city.as('wall', { password: 'wrong' }) }))).toBe(4);
    expect(await outcome(city.dial({ ...wall, ...city.as('wall') }))).toBe('in');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is shown anew on every connection: no session of %s is taken up again without it',
    async (version) => {
      const city = await secureCity('optional');
      const one = await city.own.issue('/CN=cam-1');
      const versions = { minVersion: version, maxVersion: version };
      const options = { port: city.listener.port, host: 'localhost', ca: city.own.cert, ...one, ...versions };
      const first = tls.connect(options);
      let session: Buffer | undefined;
      // TLS 1.3 gives tickets out behind the handshake, with whatever is read next.
      first.on('session', (given) => {
        session = given;
      });
      await once(first, 'secureConnect');
      session ??= first.getSession();
      first.resume();
      first.write(generate({ cmd: 'pingreq' }));
      await once(first, 'close');
      expect(session).toBeInstanceOf(Buffer);
      const again = tls.connect({ ...options, ...(session ? { session } : {}) });
      await once(again, 'secureConnect');
      expect(again.isSessionReused()).toBe(false);
      again.destroy();
    },
  );
});

describe('other TLS files', () => {
  it('are shown from the next handshake on, and who is connected stays', async () => {
    const city = await secureCity();
    const before = city.dial(city.as('cam-1'));
    await connected(before);
    const other = await city.foreign.issue('/CN=localhost');
    city.listener.reload(other);
    expect(await outcome(city.dial(city.as('cam-2')))).toBe('closed');
    await connected(city.dial(city.as('cam-2', { ca: city.foreign.cert })));
    await before.publishAsync(TELEMETRY, READING, { qos: 1 });
    expect(before.connected).toBe(true);
  });

  it('of another authority end the trust in the old one', async () => {
    const city = await secureCity('require');
    const [old, fresh] = await Promise.all([city.own.issue('/CN=cam-1'), city.foreign.issue('/CN=cam-2')]);
    city.listener.reload({ ...city.server, ca: city.foreign.cert });
    expect(await outcome(city.dial(shown(old)))).toBe('closed');
    expect(await outcome(city.dial(shown(fresh)))).toBe('in');
  });

  it('that are no good are refused as a whole, and those of before go on', async () => {
    const city = await secureCity('require');
    const other = await city.own.issue('/CN=localhost');
    const bad: TlsFiles[] = [
      { cert: Buffer.from('garbage'), key: city.server.key, ca: city.own.cert },
      { cert: other.cert, key: city.server.key, ca: city.own.cert },
      { ...other, ca: '' },
      { ...other, ca: Buffer.from('garbage') },
      { ...other, ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
    ];
    for (const files of bad) expect(() => city.listener.reload(files)).toThrow();
    expect(await outcome(city.dial(shown(await city.own.issue('/CN=cam-1'))))).toBe('in');
  });

  it('may bring a list of revoked certificates with the authority', async () => {
    const city = await secureCity('require');
    const [lost, kept] = await Promise.all([city.own.issue('/CN=cam-1'), city.own.issue('/CN=cam-2')]);
    const list = await city.own.revoke(lost);
    city.listener.reload({ ...city.server, ca: Buffer.concat([city.own.cert, list]) });
    expect(await outcome(city.dial(shown(lost)))).toBe('closed');
    expect(await outcome(city.dial(shown(kept)))).toBe('in');
  });
});
