import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { startCity } from '../helpers/city.ts';
import { type GeneratedRequest, INNER_TEXT, requestsOf } from '../helpers/openapi-requests.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

/** Requests made, and sent, at a time. */
const BATCH = 200;

export interface HttpFuzzOutcome {
  readonly requests: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers of 500, and answers that told something from inside, each with what was asked. */
  readonly faults: readonly string[];
  /** The same process still answered in the end. */
  readonly alive: boolean;
}

/** Sends generated requests to a whole city in a process of its own, over sockets. `progress` hears how many are done. */
export async function fuzzHttp(
  count: number,
  seed: number,
  progress: (done: number) => void,
): Promise<HttpFuzzOutcome> {
  const folder = await temporaryDirectory();
  const admin = randomBytes(32).toString('base64url');
  // The rate would turn nearly all of them away.
  const env = { ADMIN_KEY: admin, API_RATE: '1000000' };
  const city = await startCity({ dataDir: join(folder.path, 'data'), env });
  try {
    const password = await city.register({ id: 'counter-1' });
    const requests = requestsOf(await city.json('/api/openapi.json'), {
      authorizations: [
        ...Array<string>(4).fill(`Bearer ${admin}`),
        `Basic ${btoa(`counter-1:${password}`)}`,
        'Bearer x',
        'Basic eDp5',
        'Bearer',
      ],
      ids: ['counter-1', 'traffic', 'mean_speed', 'ba-dinh', 'hanoi', '1-0', 'admin'],
    });
    const statuses: Record<string, number> = {};
    const faults: string[] = [];
    const send = async ({ method, path, headers, body }: GeneratedRequest) => {
      const ended = new AbortController();
      const response = await fetch(`${city.url}${path}`, {
        ...{ method, headers, signal: ended.signal },
        ...(body === undefined ? {} : { body }),
      }).catch(() => undefined);
      const status = String(response?.status ?? 'none');
      statuses[status] = (statuses[status] ?? 0) + 1;
      const endless = response?.headers.get('content-type')?.startsWith('text/event-stream');
      const text = endless ? '' : ((await response?.text().catch(() => '')) ?? '');
      ended.abort();
      if (status === '500' || (Number(status) >= 400 && INNER_TEXT.test(text)))
        faults.push(`${method} ${path}: ${status}`);
    };
    for (let done = 0; done < count; done += BATCH) {
      const batch = fc.sample(requests, { numRuns: Math.min(BATCH, count - done), seed: seed + done });
      await Promise.all(batch.map(send));
      progress(done + batch.length);
    }
    const alive = (await fetch(`${city.url}/healthz`)).status === 200;
    return { requests: count, statuses, faults, alive };
  } finally {
    await city.kill();
    await folder.remove();
  }
}
