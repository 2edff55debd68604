import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openCity } from './testing/city.fixture.ts';

it('every answer, also a refusal, tells the browser what the page may do', async () => {
  const webRoot = await mkdtemp(join(tmpdir(), 'web-'));
  await writeFile(join(webRoot, 'index.html'), '<title>Nhịp</title>');
  const city = await openCity({ deps: { webRoot } });
  onTestFinished(async () => {
    await city.close();
    await rm(webRoot, { recursive: true });
  });
  const policies = new Set<string | null>();
  for (const path of [
    '/',
    '/tourism',
    '/api/docs',
    '/api/v1/domains',
    '/api/v1/nothing',
    '/api/v1/ledger',
    '/healthz',
  ]) {
    const { headers } = await city.app.request(path);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('SAMEORIGIN');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    expect(headers.get('permissions-policy'), path).toContain('camera=()');
    expect(headers.get('x-powered-by') ?? headers.get('server'), path).toBeNull();
    policies.add(headers.get('content-security-policy'));
  }
  const [policy = '', ...others] = policies;
  expect(others).toEqual([]);
  const directives = new Map(policy?.split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1)]));
  for (const directive of ['default-src', 'script-src', 'form-action', 'base-uri'])
    expect(directives.get(directive), directive).toEqual(["'self'"]);
  for (const directive of ['object-src', 'frame-ancestors']) expect(directives.get(directive)).toEqual(["'none'"]);
  // MapLibre starts its worker from a blob; what it may ask is the city and one server of tiles.
  expect(directives.get('worker-src')).toEqual(["'self'", 'blob:']);
  expect(directives.get('connect-src')).toEqual(["'self'", 'https://tiles.openfreemap.org']);
  expect(directives.get('img-src')).not.toContain('https:');
});
