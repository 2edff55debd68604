import { describe, expect, it } from 'vitest';
import { parseTrace } from '../trace.ts';
import { PageCache } from './page-cache.ts';

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const pwrite = (text: string, offset: number): string =>
  `1 pwrite64(7, "${hex(text)}", ${text.length}, ${offset}) = ${text.length}`;
const FLUSHED = '1 fdatasync(7) = 0';
const FAILED = '1 fdatasync(7) = -1 EIO (Input/output error) (INJECTED)';

function diskAfter(lines: readonly string[]): string {
  const cache = new PageCache(Buffer.from('begin'));
  cache.take(parseTrace(lines.join('\n')));
  return cache.image().toString('latin1').replaceAll('\0', '');
}

describe('what a disk is sure to hold', () => {
  it('is what was there, and what a flush took', () => {
    expect(diskAfter([])).toBe('begin');
    expect(diskAfter([pwrite('first', 0), FLUSHED, pwrite('again', 0)])).toBe('first');
  });

  it('follows a file’s own offset, and vectors', () => {
    const vector = `1 writev(7, [{iov_base="${hex('one')}", iov_len=3}, {iov_base="${hex('two')}", iov_len=3}], 2) = 6`;
    expect(diskAfter(['1 lseek(7, 4096, SEEK_SET) = 4096', vector, vector, FLUSHED])).toBe('beginonetwoonetwo');
  });

  it('is not what was written after the flush had begun', () => {
    const lines = [pwrite('first', 0), '1 fdatasync(7 <unfinished ...>', pwrite('later', 8192).replace('1 ', '2 ')];
    expect(diskAfter([...lines, '1 <... fdatasync resumed>) = 0'])).toBe('first');
    expect(diskAfter([...lines, '1 <... fdatasync resumed>) = 0', FLUSHED])).toBe('firstlater');
  });

  it('is not what a failed flush forgot, until it is written again', () => {
    expect(diskAfter([pwrite('first', 0), FAILED, FLUSHED])).toBe('begin');
    expect(diskAfter([pwrite('first', 0), FAILED, pwrite('first', 0), FLUSHED])).toBe('first');
  });

  it('cannot be told from a trace that is cut short', () => {
    expect(() => diskAfter(['1 pwrite64(7, "\\x01"..., 4096, 0) = 4096'])).toThrow('1 of 4096');
  });
});
