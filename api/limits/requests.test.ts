import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../model/problem.ts';
import type { ApiKey } from '../../storage/registry/port.ts';
import type { ApiEnv } from '../env.ts';
import { problemResponse } from '../problem.ts';
import { limitRequests } from './requests.ts';

const key = (id: string): ApiKey => ({
  id,
  name: id,
  hash: new Uint8Array(32),
  scopes: ['read'],
  provider: null,
  created: '2026-11-24T00:00:00Z',
});

/** An application behind the limit; `x-key` stands for a key that was checked, `wrong` for one that was refused. */
function limited(rate: number, burst: number) {
  const clock = { now: 1_000_000 };
  const { known, strangers } = limitRequests({ rate, burst }, () => clock.now);
  const app = new Hono<ApiEnv>();
  app.onError((error, c) => problemResponse(c, error instanceof CodedError ? error : new CodedError('internal')));
  app.use(strangers);
  app.use((c, next) => {
    const id = c.req.header('x-key');
    if (id === 'wrong') throw new CodedError('unauthorized');
    c.set('key', id === undefined ? undefined : key(id));
    return next();
  });
  app.use(known);
  app.get('/', (c) => c.text('here'));
  const ask = (id?: string, address = '10.0.0.1') =>
    app.request('/', id === undefined ? {} : { headers: { 'x-key': id } }, { address });
  return { clock, ask };
}

describe('a limit of requests', () => {
  it('lets a burst through, says what is left, then asks to come later', async () => {
    const { clock, ask } = limited(2, 3);
    const answers = [await ask('a'), await ask('a'), await ask('a')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ headers }) => headers.get('ratelimit'))).toEqual([
      '"requests";r=2;t=1',
      '"requests";r=1;t=1',
      '"requests";r=0;t=2',
    ]);
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"requests";q=3;w=2');
    const refused = await ask('a');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(refused.headers.get('ratelimit')).toBe('"requests";r=0;t=2');
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    clock.now += 500;
    expect((await ask('a')).status).toBe(200);
    expect((await ask('a')).status).toBe(429);
  });

  it('counts each key by itself, and without one each address', async () => {
    const { ask } = limited(1, 1);
    for (const one of [await ask('a'), await ask('b'), await ask(), await ask(undefined, '10.0.0.2')])
      expect(one.status).toBe(200);
    for (const one of [await ask('a'), await ask('a', '10.0.0.9'), await ask(), await ask(undefined, '10.0.0.2')])
      expect(one.status).toBe(429);
  });

  it('counts wrong keys for the address, and never for a right one behind it', async () => {
    const { ask } = limited(1, 2);
    expect((await ask('wrong')).status).toBe(401);
    expect((await ask('wrong')).status).toBe(401);
    const refused = await ask('wrong');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await ask()).status).toBe(429);
    expect((await ask('a')).status).toBe(200);
  });
});
