import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CsvRecord } from './mapping.ts';
import { ReplayOptions } from './options.ts';
import { locationsOf, recordsOf } from './source.ts';
import { surveyOf } from './survey.ts';

describe('a CSV file', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nhip-replay-'));
    file = join(directory, 'rows.csv');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is read with a byte order mark, quotes, empty lines and blanks around the names', async () => {
    await writeFile(file, '\ufeffid, value \r\n"a,1",2\r\n\r\n"b ""x""",3\r\n');
    const records: CsvRecord[] = [];
    for await (const record of recordsOf(file, { delimiter: ',', columns: ['id', 'value'] })) records.push(record);
    expect(records).toEqual([
      { id: 'a,1', value: '2' },
      { id: 'b "x"', value: '3' },
    ]);
  });

  it('names the columns it has where one is wanted that it has not', async () => {
    await writeFile(file, 'id,value\na,1\n');
    const records = recordsOf(file, { delimiter: ',', columns: ['id', 'time'] });
    await expect(records.next()).rejects.toThrow('has no column time; its columns are id, value');
  });

  it('is missed with an error, not taken for empty', async () => {
    await expect(recordsOf(file, { delimiter: ',', columns: [] }).next()).rejects.toThrow('ENOENT');
  });

  it('gives positions by id, without those that have none', async () => {
    await writeFile(file, 'id;lat;lon\na;21;105.8\nb;;\nc;x;1\n');
    expect(await locationsOf(file, ';', ['id', 'lat', 'lon'])).toEqual(new Map([['a', [105.8, 21]]]));
  });

  const context = (given: Record<string, unknown> = {}) => ({
    options: ReplayOptions.parse({
      file,
      domain: 'tourism',
      kind: 'footfall-counter',
      metric: ['n=visitor_count'],
      device: 'id',
      time: 't',
      at: '21,105.8',
      ...given,
    }),
    locations: new Map(),
    moving: false,
  });

  it('is surveyed: rows, devices, times, and what is skipped for which reason', async () => {
    await writeFile(
      file,
      'id,t,n\nA-1,2026-01-01T00:00Z,1\nA-1,2026-01-01T02:00Z,2\nB-2,x,3\nB-2,2026-01-01T01:00Z,NA\nbroken\n',
    );
    expect(await surveyOf(context())).toEqual({
      rows: 5,
      readings: 2,
      devices: [{ id: 'a-1', source: 'A-1', name: 'A-1', place: [105.8, 21] }],
      skipped: { 'wrong-time': 1, 'missing-value': 1, 'broken-record': 1 },
      missingValues: 0,
      ambiguousTimes: 0,
      oldest: Date.UTC(2026, 0, 1),
      newest: Date.UTC(2026, 0, 1, 2),
    });
  });

  it('is refused where two devices would become one', async () => {
    await writeFile(file, 'id,t,n\nA 11,2026-01-01T00:00Z,1\nA-11,2026-01-01T00:00Z,2\n');
    await expect(surveyOf(context())).rejects.toThrow('would both become device a-11');
  });
});
