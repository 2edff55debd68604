import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const BUILT = fileURLToPath(new URL('../../dist/web', import.meta.url));
const UNPACKED = { br: brotliDecompressSync, gzip: gunzipSync };

let city: TestCity;
let folder: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  folder = await temporaryDirectory();
  city = await startCity({ dataDir: folder.path });
});
afterAll(async () => {
  await city?.stop();
  await folder?.remove();
});

/** The script that the page begins with. */
const first = (): string => {
  const path = /src="(\/assets\/[^"]+\.js)"/.exec(readFileSync(`${BUILT}/index.html`, 'utf8'))?.[1];
  if (path === undefined) throw new Error('the page begins with no script');
  return path;
};

/** What comes as it comes: fetch would unpack it. */
const asIs = (path: string, encoding: string) =>
  new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    request(`${city.url}${path}`, { headers: { 'accept-encoding': encoding } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(parts) }));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });

it.each([
  ['br', 'gzip, deflate, br, zstd'],
  ['gzip', 'gzip'],
] as const)('the page’s scripts come as they were packed when it was built: %s', async (encoding, accepted) => {
  const { headers, body } = await asIs(first(), accepted);
  expect(headers).toMatchObject({
    'content-encoding': encoding,
    'content-type': expect.stringContaining('javascript'),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: expect.stringContaining('Accept-Encoding'),
  });
  const packed = readFileSync(`${BUILT}${first()}.${encoding === 'br' ? 'br' : 'gz'}`);
  expect(body.equals(packed)).toBe(true);
  expect(UNPACKED[encoding](body).equals(readFileSync(`${BUILT}${first()}`))).toBe(true);
});

it('who takes nothing packed gets them as they are', async () => {
  const { headers, body } = await asIs(first(), 'identity');
  expect(headers).not.toHaveProperty('content-encoding');
  expect(body.equals(readFileSync(`${BUILT}${first()}`))).toBe(true);
});
