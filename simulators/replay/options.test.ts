import { describe, expect, it } from 'vitest';
import { ReplayOptions } from './options.ts';
import { replayProgram } from './program.ts';

const line = (text: string) => text.split(' ');
const needed = line('x.csv --domain tourism --kind footfall-counter --metric Count=visitor_count --device Id --time T');

/** What the command line becomes; the problems where it is refused. */
async function optionsOf(args: readonly string[]) {
  let given: Record<string, unknown> = {};
  const program = replayProgram(async (file, options) => {
    given = { ...options, file };
  });
  program.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync([...args], { from: 'user' });
  return ReplayOptions.safeParse(given);
}

describe('the command line', () => {
  it('needs little and has defaults for the rest', async () => {
    expect((await optionsOf(needed)).data).toMatchObject({
      file: 'x.csv',
      metric: [['Count', 'visitor_count']],
      time: ['T'],
      timeFormat: 'iso',
      timezone: 'UTC',
      transport: 'mqtt',
      mqtt: { host: '127.0.0.1', port: 1883 },
      url: 'http://127.0.0.1:8080',
      batch: 1,
    });
  });

  it('takes all options', async () => {
    const more = line(
      '--time-format ms --timezone Asia/Ho_Chi_Minh --where A=1 --where B= --quality Q --quality-map ok=valid --quality-map bad=invalid ' +
        '--missing NA,-999 --at 21,105.8 --position la,lo --location-columns i,la,lo --shift-to-now day --speed 60 ' +
        '--mqtt [::1]:2883 --transport http --batch 50 --in-flight 10 --dry-run --json --ambiguous later',
    );
    expect((await optionsOf([...needed, ...more])).data).toMatchObject({
      where: [
        ['A', '1'],
        ['B', ''],
      ],
      qualityMap: [
        ['ok', 'valid'],
        ['bad', 'invalid'],
      ],
      missing: ['NA', '-999'],
      at: [105.8, 21],
      position: ['la', 'lo'],
      shiftToNow: 'day',
      speed: 60,
      mqtt: { host: '::1', port: 2883 },
      batch: 50,
      dryRun: true,
    });
  });

  it('shifts by hours where no unit is given', async () => {
    expect((await optionsOf([...needed, '--shift-to-now'])).data?.shiftToNow).toBe('hour');
  });

  it.each([
    ['--metric Count', 'NAME=VALUE'],
    ['--metric Other=mean_speed', 'has no metric mean_speed'],
    ['--metric Other=visitor_count', 'same metric'],
    ['--device-id abc', 'either --device'],
    ['--timezone Hanoi', 'IANA'],
    ['--quality-map x=great', 'valid'],
    ['--mqtt nowhere', 'HOST:PORT'],
    ['--at 91,0', 'at'],
    ['--at 1', 'latitude,longitude'],
    ['--speed 0', 'speed'],
    ['--batch 0', 'batch'],
    ['--batch x', 'batch'],
    ['--shift-to-now year', 'shiftToNow'],
    ['--kind unicorn', 'no kind unicorn'],
    ['--url nowhere', 'url'],
  ])('is refused with %s', async (extra, words) => {
    const { success, error } = await optionsOf([...needed, ...line(extra)]);
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(words);
  });
});
