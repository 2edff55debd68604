import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What the page is made of that gets smaller; fonts and pictures are compressed already. */
const TEXTS = /\.(js|css|svg|webmanifest)$/;

/**
 * Lays beside every text of the built page what the server sends in its place, `.br` and `.gz`: compressed once and as
 * far as it goes, for nobody waits for it here, and who opens the page waits for every byte.
 */
export function compressPage(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !TEXTS.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: text.byteLength };
    const made = {
      '.br': brotliCompressSync(text, { params }),
      '.gz': gzipSync(text, { level: constants.Z_BEST_COMPRESSION }),
    };
    for (const [ending, bytes] of Object.entries(made)) {
      if (bytes.byteLength < text.byteLength) writeFileSync(path + ending, bytes);
    }
  }
}
