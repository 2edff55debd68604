import { beforeEach, expect, test } from 'vitest';
import { domains } from '../testing/city.ts';
import { CatalogueStore } from './catalogue.svelte.ts';
import { View } from './view.svelte.ts';

const at = (search: string) => window.history.replaceState(null, '', `/${search}#map=12/21/105.8`);
const inAddress = () => Object.fromEntries(new URLSearchParams(window.location.search));
const catalogue = () => {
  const store = new CatalogueStore();
  store.domains = domains;
  return store;
};
beforeEach(() => at(''));

test('a link opens the same view again', () => {
  const first = new View();
  first.show('environment', 'pm10');
  first.span('P7D');
  first.filter({ conditions: ['live', 'silent'], ward: 'ba-dinh', simulated: 'exclude' });
  first.find('hồ tây');
  first.openArea('tay-ho');
  const second = new View();
  for (const field of ['domain', 'metric', 'over', 'search', 'filters', 'selected'] as const)
    expect(second[field]).toEqual(first[field]);
  expect(second.camera).toEqual({ zoom: 12, lat: 21, lon: 105.8 });
});

test('opening something is a step that Back undoes, a filter is none', () => {
  const view = new View();
  const steps = window.history.length;
  view.filter({ simulated: 'only' });
  view.show('health');
  expect(window.history.length).toBe(steps);
  view.open('hospital-1');
  expect(window.history.length).toBe(steps + 1);
  view.open('hospital-1');
  expect(window.history.length).toBe(steps + 1);
});

test('what the address says after going back is taken over', () => {
  const view = new View();
  view.open('hospital-1');
  at('?domain=traffic&level=severe');
  view.read();
  expect(view.device).toBeNull();
  expect(view.domain).toBe('traffic');
  expect(view.filters.levels).toEqual(['severe']);
});

test('another domain takes its metric and its kind along, and leaves the other filters', () => {
  at('?domain=environment&metric=pm10&kind=air-station&condition=live');
  const view = new View();
  view.show('traffic');
  expect(inAddress()).toEqual({ domain: 'traffic', condition: 'live' });
});

test('a device of another domain brings its own, from all domains it does not', () => {
  const view = new View();
  view.reach({ id: 'hospital-1', domain: 'health' });
  expect(inAddress()).toEqual({ device: 'hospital-1' });
  view.show('traffic');
  view.reach({ id: 'hospital-2', domain: 'health' });
  expect(inAddress()).toEqual({ domain: 'health', device: 'hospital-2' });
});

test('a device that is found is at work: what is retired is not shown any more', () => {
  at('?state=retired&ward=dong-da');
  const view = new View();
  view.reach({ id: 'hospital-1', domain: 'health' });
  expect(inAddress()).toEqual({ device: 'hospital-1', ward: 'dong-da' });
});

test('what the city does not have is dropped', () => {
  at('?domain=atlantis&metric=tides&kind=gondola&level=poor');
  const view = new View();
  view.settle(catalogue());
  expect(inAddress()).toEqual({ level: 'poor' });
  at('?domain=traffic&metric=pm10&kind=school');
  const other = new View();
  other.settle(catalogue());
  expect(inAddress()).toEqual({ domain: 'traffic' });
});

test('clearing takes every filter off, words and metric too, and leaves what is open', () => {
  at('?domain=traffic&metric=occupancy&q=lang&kind=counter&simulated=only&device=counter-1');
  new View().clear();
  expect(inAddress()).toEqual({ domain: 'traffic', device: 'counter-1' });
});
