import { Hono } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../model/problem.ts';
import type { ApiEnv } from '../env.ts';
import { problemResponse } from '../problem.ts';
import { type DearLimit, limitDear } from './dear.ts';

/** An application whose queries end when the test says so, in the order in which they began. */
function dear(limit: DearLimit) {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const app = new Hono<ApiEnv>();
  app.onError((error, c) => problemResponse(c, error instanceof CodedError ? error : new CodedError('internal')));
  app.use(limitDear(limit));
  app.get('/:name', async (c) => {
    began.push(c.req.param('name'));
    await new Promise<void>((resolve) => ends.push(resolve));
    return c.text('done');
  });
  return {
    began,
    end: () => ends.shift()?.(),
    ask: (name: string, address: string, signal?: AbortSignal) =>
      Promise.resolve(app.request(`/${name}`, signal ? { signal } : {}, { address })),
  };
}

describe('a limit of dear queries', () => {
  it('runs so many of one key at a time and refuses what would wait behind too many', async () => {
    const { began, end, ask } = dear({ atOnce: 3, each: 1, waiting: 2 });
    const asked = [ask('a1', 'a'), ask('a2', 'a'), ask('a3', 'a')];
    const refused = await ask('a4', 'a');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(began).toEqual(['a1']);
    for (const name of ['a2', 'a3']) {
      end();
      await vi.waitFor(() => expect(began).toContain(name));
    }
    end();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('takes turns among keys: a long line of one does not hold up another', async () => {
    const { began, end, ask } = dear({ atOnce: 1, each: 1, waiting: 100 });
    const many = Array.from({ length: 10 }, (_, i) => ask(`a${i}`, 'a'));
    const one = ask('b0', 'b');
    await vi.waitFor(() => expect(began).toEqual(['a0']));
    end();
    await vi.waitFor(() => expect(began).toEqual(['a0', 'b0']));
    end();
    expect((await one).status).toBe(200);
    for (let i = 1; i < 10; i += 1) {
      await vi.waitFor(() => expect(began).toHaveLength(i + 2));
      end();
    }
    await Promise.all(many);
  });

  it('keeps no place in the line for who has hung up', async () => {
    const { began, end, ask } = dear({ atOnce: 1, each: 1, waiting: 2 });
    const first = ask('first', 'a');
    await vi.waitFor(() => expect(began).toEqual(['first']));
    const gone = new AbortController();
    const left = [ask('second', 'a', gone.signal), ask('third', 'a', gone.signal)];
    expect((await ask('refused', 'a')).status).toBe(429);
    gone.abort();
    expect((await Promise.all(left)).map(({ status }) => status)).toEqual([499, 499]);
    const stays = ask('fourth', 'a');
    end();
    await first;
    await vi.waitFor(() => expect(began).toEqual(['first', 'fourth']));
    end();
    expect((await stays).status).toBe(200);
  });

  it('runs nothing beside what has begun and was hung up on', async () => {
    const { began, end, ask } = dear({ atOnce: 1, each: 1, waiting: 2 });
    const gone = new AbortController();
    const first = ask('first', 'a', gone.signal);
    await vi.waitFor(() => expect(began).toEqual(['first']));
    const second = ask('second', 'a');
    gone.abort();
    await ask('third', 'b', AbortSignal.abort());
    expect(began).toEqual(['first']);
    end();
    expect((await first).status).toBe(499);
    await vi.waitFor(() => expect(began).toEqual(['first', 'second']));
    end();
    expect((await second).status).toBe(200);
  });

  it('does not run what nobody waits for any more', async () => {
    const { began, end, ask } = dear({ atOnce: 1, each: 1, waiting: 10 });
    const first = ask('first', 'a');
    await vi.waitFor(() => expect(began).toEqual(['first']));
    const gone = new AbortController();
    const second = ask('second', 'a', gone.signal);
    const third = ask('third', 'a');
    gone.abort();
    end();
    await first;
    await vi.waitFor(() => expect(began).toEqual(['first', 'third']));
    end();
    expect((await third).status).toBe(200);
    expect((await second).status).toBe(499);
  });
});
