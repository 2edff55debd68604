import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { device, NOW, observation, openCity } from '../../api/testing/city.fixture.ts';
import { INNER_TEXT, requestsOf } from '../helpers/openapi-requests.ts';

it('any request made of the document is answered as documented, never with a fault of ours or a text from inside', async () => {
  const city = await openCity();
  onTestFinished(() => city.close());
  await city.register(device('counter-1'), device('counter-2'));
  await city.store(observation('counter-1', 'mean_speed', NOW - 60_000, 31));
  const requests = requestsOf(city.document, {
    authorizations: [`Bearer ${city.keys.admin}`, `Bearer ${city.keys.read}`, 'Bearer x', 'Basic eDp5', 'Bearer', ' '],
    ids: ['counter-1', 'counter-2', 'traffic', 'mean_speed', 'ba-dinh', 'hanoi', '1-0', 'admin'],
  });
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, path, headers, body }) => {
      const response = await city.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      expect(response.status).not.toBe(500);
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) await response.body?.cancel();
      else if (response.status >= 400) expect(await response.text()).not.toMatch(INNER_TEXT);
    }),
    { numRuns: 1_500 },
  );
  // Requests that all stop at the first check would prove nothing.
  for (const status of [200, 400, 401, 403, 404]) expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(2);
});
