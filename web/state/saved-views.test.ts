import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginWithFirst, firstAddress, MOST_VIEWS, SavedViews, viewAddress } from './saved-views.svelte.ts';

const at = (address: string) => window.history.replaceState(null, '', address);
beforeEach(() => {
  window.localStorage.clear();
  at('/');
});
afterEach(() => vi.restoreAllMocks());

test('a view is what the address shows, not whose language and theme it was saved in', () => {
  at('/?lang=en&theme=dark&domain=traffic&level=severe#map=14/21/105.8');
  const views = new SavedViews();
  expect(views.save('  Morning \n jam ')).toBe(true);
  expect(views.views).toEqual([{ name: 'Morning jam', address: '?domain=traffic&level=severe#map=14/21/105.8' }]);
  expect(new SavedViews().views).toEqual(views.views);
});

test('opening a view tells every store, keeps the reader’s language, and Back leads back', () => {
  at('/?domain=ict');
  const views = new SavedViews();
  views.save('Network');
  at('/?lang=vi&domain=health&device=x-1');
  const told: string[] = [];
  const tell = ({ type }: Event) => told.push(`${type} ${window.location.search}`);
  window.addEventListener('popstate', tell);
  window.addEventListener('hashchange', tell);
  const [view] = views.views;
  if (view) views.open(view);
  window.removeEventListener('popstate', tell);
  window.removeEventListener('hashchange', tell);
  expect(told).toEqual(['popstate ?domain=ict&lang=vi', 'hashchange ?domain=ict&lang=vi']);
});

test('names are one view’s each: saving again replaces, renaming to a taken one does not', () => {
  const views = new SavedViews();
  at('/?domain=ict');
  views.save('A');
  at('/?domain=health');
  views.save('B');
  views.save('A');
  expect(views.views.map(({ name, address }) => `${name} ${address}`)).toEqual([
    'A ?domain=health',
    'B ?domain=health',
  ]);
  expect(views.rename('A', 'B')).toBe(false);
  views.beginWith('A');
  expect(views.rename('A', 'C')).toBe(true);
  expect(views.first).toBe('C');
  views.remove('C');
  expect([views.first, views.views.length]).toEqual([null, 1]);
});

test('the page begins with the chosen view, unless its address asks for something', () => {
  at('/?domain=traffic&show=table#map=14/21/105.8');
  const views = new SavedViews();
  views.save('Mine');
  views.beginWith('Mine');
  expect(firstAddress('?domain=ict', '')).toBeNull();
  expect(firstAddress('', '#map=12/21/105')).toBeNull();
  at('/?lang=vi&theme=dark');
  beginWithFirst();
  const { search, hash } = window.location;
  expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
    ...{ lang: 'vi', theme: 'dark', domain: 'traffic', show: 'table' },
  });
  expect(hash).toBe('#map=14/21/105.8');
});

test('a file of links gives the same views to another browser, whosever city they were of', () => {
  const views = new SavedViews();
  at('/?domain=traffic&q=%22a%09b%22');
  views.save('Ngã tư = tắc');
  at('/#map=12/21/105');
  views.save('Xa');
  const file = views.write().replaceAll(window.location.origin, 'https://city.example');
  window.localStorage.clear();
  const other = new SavedViews();
  expect(other.take(`# a remark\r\nnot a view\r\n${file}\tjavascript:alert(1)\nEvil\tjavascript:alert(1)\n`)).toBe(2);
  expect(other.views).toEqual(views.views);
});

test('where the browser keeps nothing, views last as long as the page and it is said', () => {
  vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('no', 'SecurityError');
  });
  const views = new SavedViews();
  expect(views.save('Here')).toBe(true);
  expect([views.views.length, views.forgetful]).toEqual([1, true]);
});

test('there is an end to how many are kept', () => {
  const views = new SavedViews();
  for (let i = 0; i < MOST_VIEWS; i++) views.save(`View ${i}`);
  expect(views.save('One more')).toBe(false);
  expect(views.save('View 3')).toBe(true);
  expect(views.views).toHaveLength(MOST_VIEWS);
});

test('whatever is kept or in a file, reading it never fails and gives views with a name and an address', () => {
  const anything = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .record({
        version: fc.constant(1),
        views: fc.array(fc.oneof(fc.jsonValue(), fc.record({ name: fc.string(), address: fc.string() }))),
        first: fc.string(),
      })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(anything, fc.string({ unit: 'binary' }), (text, file) => {
      window.localStorage.setItem('nhip.views', text);
      const views = new SavedViews();
      views.take(file);
      for (const { name, address } of views.views) {
        expect(name.trim()).not.toBe('');
        expect(viewAddress(address)).toBe(address);
      }
    }),
  );
});
