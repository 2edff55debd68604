import { beforeEach, expect, test, vi } from 'vitest';
import { Preferences } from './preferences.svelte.ts';

beforeEach(() => {
  window.localStorage.clear();
  window.history.replaceState(null, '', '/');
});

test('the address comes before an earlier choice, and that before the browser', () => {
  vi.spyOn(window.navigator, 'language', 'get').mockReturnValue('vi-VN');
  expect(new Preferences().language).toBe('vi');
  new Preferences().choose({ language: 'en', theme: 'dark' });
  window.history.replaceState(null, '', '/');
  expect(new Preferences()).toMatchObject({ language: 'en', theme: 'dark' });
  window.history.replaceState(null, '', '/?lang=vi');
  expect(new Preferences()).toMatchObject({ language: 'vi', theme: 'dark' });
});

test('a browser in any other language gets English', () => {
  vi.spyOn(window.navigator, 'language', 'get').mockReturnValue('fr-FR');
  expect(new Preferences().language).toBe('en');
});

test('a choice is in the address, so that a link shows the same', () => {
  new Preferences().choose({ language: 'en' });
  new Preferences().choose({ theme: 'light' });
  expect(window.location.search).toBe('?lang=en&theme=light');
});

test('what storage holds of someone else does no harm', () => {
  window.localStorage.setItem('nhip.preferences', '{"theme":1}');
  expect(new Preferences().theme).toBe('auto');
});
