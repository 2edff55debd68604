import type { Catalogue } from '../../model/catalogue.ts';
import { viewOf } from '../../model/observation.ts';
import { batches } from '../../storage/batches.ts';
import type { LiveObservation } from '../../storage/bus/port.ts';
import { levelIn, type StreamObservation } from '../views.ts';
import type { PresenceEvent, StreamFilter } from './filter.ts';
import { frame, type Outlet } from './outlet.ts';
import { isOfJournal } from './position.ts';

/** Observations of one event where they come together: each is read in well under a millisecond. */
const TOGETHER = 250;

/** Writes observations and presence as events, after the filter's second step. */
export interface Delivery {
  observations(passed: readonly LiveObservation[]): Promise<void>;
  /** Presence carries no id: a client that resumes does so from the observation it saw last. */
  presence(passed: readonly PresenceEvent[]): Promise<void>;
  /** `id`: where a client that hears nothing more has to resume. */
  gap(from: string, resumed: string, id?: string): Promise<void>;
}

/** `together`: many observations in one event, for a reader to whom the event costs more than what it holds. */
export function createDelivery(outlet: Outlet, filter: StreamFilter, catalogue: Catalogue, together = false): Delivery {
  function dataOf(observation: LiveObservation): StreamObservation {
    const { domain, metric, value } = observation;
    return { ...viewOf(observation), domain, level: levelIn(catalogue, metric, value) };
  }
  function framesOf(observations: readonly LiveObservation[]): readonly string[] {
    if (!together)
      return observations.map((each) => frame('observation', dataOf(each), isOfJournal(each.id) ? each.id : undefined));
    return [...batches(observations, TOGETHER)].map((some) => {
      const last = some.findLast(({ id }) => isOfJournal(id));
      return frame('observations', { items: some.map(dataOf) }, last?.id);
    });
  }
  async function send(frames: string): Promise<void> {
    if (frames !== '') await outlet.send(frames);
  }
  return {
    observations: async (passed) => send(framesOf(await filter.observations(passed)).join('')),
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
