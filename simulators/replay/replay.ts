import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { catalogue } from '../../model/catalogue.ts';
import { topicOf } from '../../model/topic.ts';
import { loadCredentials, saveCredentials } from '../credentials.ts';
import { createDispatch } from './dispatch.ts';
import { createHttpSender } from './http-sender.ts';
import type { MappingContext } from './mapping.ts';
import { readingOf } from './message.ts';
import { createMqttSender } from './mqtt-sender.ts';
import type { ReplayOptions } from './options.ts';
import { registerDevices } from './registration.ts';
import { shiftOf } from './shift.ts';
import { locationsOf } from './source.ts';
import { type Summary, spanOf } from './summary.ts';
import { readingsOf, surveyOf } from './survey.ts';

/** What a replay tells while it runs. */
export interface Watcher {
  started(readings: number): void;
  /** So many readings more are acknowledged or have failed. */
  progressed(readings: number): void;
}

/** Opens what the mapping needs beside the file itself. */
async function contextOf(options: ReplayOptions): Promise<MappingContext> {
  const { locations, locationColumns, delimiter, domain, kind } = options;
  return {
    options,
    locations: locations === undefined ? new Map() : await locationsOf(locations, delimiter, locationColumns),
    moving: catalogue.kind(domain, kind)?.geometry === 'moving',
  };
}

/** A row as it would be sent. */
export interface Preview {
  readonly topic: string;
  readonly name: string;
  readonly message: ReturnType<typeof readingOf>;
}

/** What the first `count` rows become and what the file holds; sends nothing and asks nobody. */
export async function previewReplay(options: ReplayOptions, now: number, count: number) {
  const context = await contextOf(options);
  const survey = await surveyOf(context);
  const shift = shiftIn(options, survey.newest, now);
  const first: Preview[] = [];
  for await (const row of readingsOf(context, () => undefined)) {
    first.push({
      topic: topicOf(options.domain, row.device, 'telemetry'),
      name: row.name,
      message: readingOf(row, shift),
    });
    if (first.length >= count) break;
  }
  const { devices, oldest, newest, ...counts } = survey;
  return { first, ...counts, devices: devices.length, shift, ...spanOf(oldest + shift, newest + shift) };
}

/**
 * Registers the file's devices and sends every row. Throws where it cannot begin (file, columns, API, key); what is not
 * acknowledged once it has begun is counted in the summary.
 */
export async function runReplay(options: ReplayOptions, now: number, watcher: Watcher): Promise<Summary> {
  const { file, domain, kind, provider, url, batch, inFlight, speed } = options;
  const context = await contextOf(options);
  const survey = await surveyOf(context);
  const shift = shiftIn(options, survey.newest, now);

  const credentials = await loadCredentials(options.credentials);
  const key = options.key ?? (await keyIn(options.keyFile));
  const keep = () => saveCredentials(options.credentials, credentials);
  // The city shows a password once: before asking for any it must be certain that they can be kept.
  await mkdir(dirname(options.credentials), { recursive: true });
  await keep();
  const api = { url, key, domain, kind, provider, moving: context.moving };
  const registered = await registerDevices(survey.devices, credentials, keep, api);

  const passwordOf = (device: string) => credentials.get(device) ?? '';
  const senderOptions = { domain, passwordOf, patienceMs: options.giveUp * 1_000 };
  const sender =
    options.transport === 'http' ? createHttpSender(url, senderOptions) : createMqttSender(options.mqtt, senderOptions);
  const begun = performance.now();
  watcher.started(survey.readings);
  try {
    const dispatch = createDispatch(sender, { batch, inFlight, speed, progress: watcher.progressed });
    for await (const row of readingsOf(context, () => undefined))
      await dispatch.add(row.device, row.time, readingOf(row, shift));
    const { errors, ...counts } = await dispatch.finish();
    const seconds = (performance.now() - begun) / 1_000;
    const { rows, skipped, missingValues, ambiguousTimes, oldest, newest, devices } = survey;
    return {
      file,
      devices: devices.length,
      registered,
      rows,
      ...counts,
      skipped,
      missingValues,
      ambiguousTimes,
      shift,
      ...spanOf(oldest + shift, newest + shift),
      seconds: Math.round(seconds * 1_000) / 1_000,
      rejected: sender.rejected(),
      errors,
    };
  } finally {
    await sender.close();
  }
}

function shiftIn({ shift = 0, shiftToNow }: ReplayOptions, newest: number, now: number): number {
  return shiftToNow && Number.isFinite(newest) ? shiftOf(newest, now, shiftToNow) : shift * 3_600_000;
}

async function keyIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new Error(`the administrator's key could not be read: give --key-file or --key`, { cause: error });
  }
}
