import pLimit from 'p-limit';
import { z } from 'zod';
import { Credential, type NewDevice } from '../../model/device.ts';
import { Problem } from '../../model/problem.ts';
import type { SurveyedDevice } from './survey.ts';

export interface RegistrationOptions {
  /** Base of the city's API, without /api/v1. */
  readonly url: string;
  /** The administrator's key as presented: `admin.<secret>`. */
  readonly key: string;
  readonly domain: string;
  readonly kind: string;
  readonly provider?: string | undefined;
  /** Whether devices of the kind move: then they have no place. */
  readonly moving: boolean;
}

const Imported = z.object({ items: z.array(z.object({ id: z.string(), credential: Credential })) });
const Existing = z.object({ domain: z.string(), kind: z.string() });

/** Devices in one import. */
const IMPORTED_AT_ONCE = 500;
const ASKED_AT_ONCE = 8;

/**
 * Registers the devices that the city does not know, and asks for a new password for those that it knows and `credentials`
 * does not. Calls `keep` after every password it was given: the city shows each one once. Answers how many were new.
 * Throws where the city refuses, or knows a device of that id as another kind.
 */
export async function registerDevices(
  devices: readonly SurveyedDevice[],
  credentials: Map<string, string>,
  keep: () => Promise<void>,
  options: RegistrationOptions,
): Promise<number> {
  const ask = requester(options);
  const limit = pLimit(ASKED_AT_ONCE);
  const known = await Promise.all(devices.map((device) => limit(() => isKnown(ask, device, options))));

  const fresh = devices.filter((_, i) => !known[i]);
  for (let i = 0; i < fresh.length; i += IMPORTED_AT_ONCE) {
    const lines = fresh.slice(i, i + IMPORTED_AT_ONCE).map((device) => JSON.stringify(newDevice(device, options)));
    const answer = await ask('POST', '/devices/import', lines.join('\n'), 'application/x-ndjson');
    for (const { id, credential } of Imported.parse(answer).items) credentials.set(id, credential.password);
    await keep();
  }
  for (const { id } of devices.filter((device, i) => known[i] && !credentials.has(device.id))) {
    // Nobody has the old one any more: it ends at once.
    const made = await ask('POST', `/devices/${id}/credential?overlap=0`);
    credentials.set(id, Credential.parse(made).password);
    await keep();
  }
  return fresh.length;
}

async function isKnown(ask: Ask, { id }: SurveyedDevice, { domain, kind }: RegistrationOptions): Promise<boolean> {
  const answer = await ask('GET', `/devices/${id}`);
  if (answer === undefined) return false;
  const existing = Existing.parse(answer);
  if (existing.domain !== domain || existing.kind !== kind)
    throw new Error(`the city knows ${id} as ${existing.domain}/${existing.kind}: choose another --device-prefix`);
  return true;
}

function newDevice({ id, name, place }: SurveyedDevice, options: RegistrationOptions): NewDevice {
  const { domain, kind, provider, moving } = options;
  return {
    id,
    domain,
    kind,
    name: name.slice(0, 200),
    ...(provider === undefined ? {} : { provider }),
    ...(place && !moving ? { position: place } : {}),
  };
}

/** Asks the API; undefined for 404, throws the problem's words for every other error. */
type Ask = (method: string, path: string, body?: string, type?: string) => Promise<unknown>;

function requester({ url, key }: RegistrationOptions): Ask {
  const base = `${url.replace(/\/+$/, '')}/api/v1`;
  return async (method, path, body, type) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    }).catch((error: unknown) => {
      throw new Error(`the city's API at ${base} does not answer`, { cause: error });
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (response.ok) return JSON.parse(text);
    throw new Error(`${method} ${path}: ${response.status} ${problemText(text)}`);
  };
}

function problemText(text: string): string {
  try {
    const { title, detail, errors } = Problem.parse(JSON.parse(text));
    return [detail ?? title, ...(errors ?? []).slice(0, 5).map((e) => `${e.path}: ${e.message}`)].join('; ');
  } catch {
    return text.slice(0, 200);
  }
}
