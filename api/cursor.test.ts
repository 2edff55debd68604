import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CodedError } from '../model/problem.ts';
import { createCursors } from './cursor.ts';

const URL = 'http://city/api/v1/devices?domain=traffic&limit=3';
const cursors = createCursors('devices', z.tuple([z.string(), z.number()]));

describe('a cursor', () => {
  it('brings back the place it was made for, whatever the page size and the order of the filters', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (id, time) => {
        const cursor = cursors.write(URL, [id, time]);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(cursors.read(`http://other/path?cursor=${cursor}&limit=9&domain=traffic`, cursor)).toEqual([id, time]);
      }),
    );
  });

  it('is refused on other filters, on another list, and when it is anything else', () => {
    const cursor = cursors.write(URL, ['a', 1]);
    expect(() => cursors.read('http://city/?domain=health', cursor)).toThrow(CodedError);
    expect(() => createCursors('other', z.unknown()).read(URL, cursor)).toThrow(CodedError);
    expect(() => createCursors('devices', z.number()).read(URL, cursor)).toThrow(CodedError);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => cursors.read(URL, text)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
      }),
    );
  });
});
