import { ApiError, BASE, get } from './client.ts';
import type { SessionView } from './shapes.ts';

/** Whose key the page reads with, and which metrics stay closed to it. */
export async function fetchSession(signal?: AbortSignal): Promise<SessionView> {
  return (await get('/session', signal)).json();
}

/** Exchanges a key for the page's session; throws ApiError 401 for one that is not the city's. */
export async function signIn(key: string): Promise<void> {
  const response = await fetch(`${BASE}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  if (!response.ok) throw new ApiError(response.status, '/session');
}

export async function signOut(): Promise<void> {
  const response = await fetch(`${BASE}/session`, { method: 'DELETE' });
  if (!response.ok) throw new ApiError(response.status, '/session');
}
