import type { QuarantineItem, RefusalCode } from '../../model/quarantine.ts';
import { ApiError, BASE, get } from './client.ts';
import type { Page, QuarantineOverview, Replayed } from './shapes.ts';

/** What narrows the quarantine, as the API's parameters. */
export type Asked = Readonly<Record<string, string>>;

export async function fetchItems(
  asked: Asked,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Page<QuarantineItem>> {
  const search = new URLSearchParams({ ...asked, limit: '50', ...(cursor !== null && { cursor }) });
  return (await get(`/quarantine?${search}`, signal)).json();
}

/** One item with the whole message. */
export async function fetchItem(id: string, signal?: AbortSignal): Promise<QuarantineItem> {
  return (await get(`/quarantine/${encodeURIComponent(id)}`, signal)).json();
}

export async function fetchOverview(asked: Asked, signal?: AbortSignal): Promise<QuarantineOverview> {
  return (await get(`/quarantine/summary?${new URLSearchParams(asked)}`, signal)).json();
}

/** The message cannot be replayed; `code` says why, undefined where somebody was faster. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode | undefined;
  constructor(code: RefusalCode | undefined) {
    super('refused');
    this.code = code;
  }
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(BASE + path, { method, ...init });
  if (response.status === 409) {
    const problem: { readonly errors?: readonly { readonly path: RefusalCode }[] } = await response.json();
    throw new Refused(problem.errors?.[0]?.path);
  }
  if (!response.ok) throw new ApiError(response.status, path);
  return response;
}

/** Sends the message of an item through the city again; throws Refused where it cannot be. */
export async function replayItem(id: string): Promise<Replayed> {
  return (await send('POST', `/quarantine/${encodeURIComponent(id)}/replay`)).json();
}

/** Judges an item hopeless; throws Refused where it waits no more. */
export async function dismissItem(id: string): Promise<void> {
  await send('DELETE', `/quarantine/${encodeURIComponent(id)}`);
}

/** Sends at most `limit` items that wait through the city again, those behind `after`. */
export async function replayMany(asked: Asked, limit: number, after: string | null): Promise<Replayed> {
  const chosen = Object.keys(asked).length > 0 ? asked : { all: true };
  return (await send('POST', '/quarantine/replay', { ...chosen, limit, ...(after !== null && { after }) })).json();
}
