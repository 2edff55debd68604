import { LEVEL_NAMES } from '../../model/level.ts';
import { squareText } from '../draw/words.ts';
import type { City } from './city.svelte.ts';

/** A filter that is on, in words, and how to take it off. */
export interface Chip {
  readonly id: string;
  readonly name: string;
  remove(): void;
}

/** Every filter that narrows list and map, so that nobody takes a part for the whole. */
export function chipsOf({ view, catalogue, areas, preferences, drawn }: City): readonly Chip[] {
  const { messages, format, language } = preferences;
  const { kind, provider, conditions, levels, freshWithin, ward, simulated, state } = view.filters;
  const chips: Chip[] = [];
  const add = (id: string, name: string, remove: () => void) => chips.push({ id, name, remove });

  if (view.metric !== null)
    add('metric', catalogue.figure(view.metric)?.name[language] ?? view.metric, () => view.colourBy(null));
  if (view.search.trim() !== '') add('words', `“${view.search.trim()}”`, () => view.find(''));
  for (const level of levels)
    add(level, LEVEL_NAMES[level][language], () => view.filter({ levels: levels.filter((each) => each !== level) }));
  for (const condition of conditions)
    add(condition, messages.conditions[condition], () =>
      view.filter({ conditions: conditions.filter((each) => each !== condition) }),
    );
  if (kind !== null) {
    const row = catalogue.domains.flatMap(({ kinds }) => kinds).find(({ id }) => id === kind);
    add('kind', row?.name[language] ?? kind, () => view.filter({ kind: null }));
  }
  if (ward !== null) add('ward', areas.get(ward)?.name[language] ?? ward, () => view.filter({ ward: null }));
  if (drawn.shape !== null) add('drawn', messages.areas.chip(squareText(drawn.size, format)), () => drawn.set(null));
  if (provider !== null) add('provider', catalogue.provider(provider), () => view.filter({ provider: null }));
  if (freshWithin !== null)
    add('fresh', messages.within(format.span(freshWithin)), () => view.filter({ freshWithin: null }));
  if (simulated !== 'include')
    add('simulated', `${messages.filterSimulated}: ${messages.simulatedFilters[simulated]}`, () =>
      view.filter({ simulated: 'include' }),
    );
  if (state !== 'active') add('state', messages.finding.states[state], () => view.filter({ state: 'active' }));
  return chips;
}
