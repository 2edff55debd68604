import type { Catalogue } from '../../model/catalogue.ts';
import { viewOf } from '../../model/observation.ts';
import type { LiveObservation } from '../../storage/bus/port.ts';
import { levelIn, type StreamObservation } from '../views.ts';
import type { PresenceEvent, StreamFilter } from './filter.ts';
import { frame, type Outlet } from './outlet.ts';
import { isOfJournal } from './position.ts';

/** Writes observations and presence as events, after the filter's second step. */
export interface Delivery {
  observations(passed: readonly LiveObservation[]): Promise<void>;
  /** Presence carries no id: a client that resumes does so from the observation it saw last. */
  presence(passed: readonly PresenceEvent[]): Promise<void>;
  /** `id`: where a client that hears nothing more has to resume. */
  gap(from: string, resumed: string, id?: string): Promise<void>;
}

export function createDelivery(outlet: Outlet, filter: StreamFilter, catalogue: Catalogue): Delivery {
  function frameOf(observation: LiveObservation): string {
    const { id, domain, metric, value } = observation;
    const data: StreamObservation = { ...viewOf(observation), domain, level: levelIn(catalogue, metric, value) };
    return frame('observation', data, isOfJournal(id) ? id : undefined);
  }
  async function send(frames: string): Promise<void> {
    if (frames !== '') await outlet.send(frames);
  }
  return {
    observations: async (passed) => send((await filter.observations(passed)).map(frameOf).join('')),
    async presence(passed) {
      const events = await filter.presence(passed);
      const frames = events.map(({ device, domain, online, since, reason }) =>
        frame('presence', { device, domain, online, since, reason }),
      );
      await send(frames.join(''));
    },
    gap: (from, resumed, id) => outlet.send(frame('gap', { from, resumed }, id)),
  };
}
