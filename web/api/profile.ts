import type { Simulated } from '../state/url.ts';
import { BASE, get } from './client.ts';
import type { ProfileView } from './shapes.ts';

/** Whose profile: an area's by its id, or a drawn one's as the API takes it. */
export type ProfileSubject = { readonly area: string } | { readonly within: string };

/** What to ask `GET /api/v1/profile` for. */
export interface ProfileQuestion {
  readonly subject: ProfileSubject;
  readonly simulated: Simulated;
  /** Before when, ms since the epoch; null: now. */
  readonly to: number | null;
}

function pathOf({ subject, simulated, to }: ProfileQuestion): string {
  const query = new URLSearchParams({ ...subject, simulated });
  if (to !== null) query.set('to', new Date(to).toISOString());
  return `/profile?${query}`;
}

/** Where the same answer is for whoever wants it by themselves. */
export const profileUrl = (question: ProfileQuestion): string => BASE + pathOf(question);

/** The area in figures of every domain. */
export async function fetchProfile(question: ProfileQuestion, signal?: AbortSignal): Promise<ProfileView> {
  return (await get(pathOf(question), signal)).json();
}
