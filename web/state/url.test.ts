import { describe, expect, test } from 'vitest';
import { readUrl, writeUrl } from './url.ts';

describe('the address of the page', () => {
  test('what is written is read again', () => {
    const state = { language: 'en', theme: 'dark', domain: 'health', device: 'hospital-1' } as const;
    expect(readUrl(writeUrl('', state))).toEqual(state);
  });

  test('null takes a value out and leaves the others', () => {
    expect(writeUrl('?lang=vi&device=a&utm=x', { device: null })).toBe('?lang=vi&utm=x');
    expect(writeUrl('?device=a', { device: null })).toBe('');
  });

  test.each(['?lang=fr&theme=neon', '?lang=&theme=', ''])('%s says nothing', (search) => {
    expect(readUrl(search)).toEqual({ language: null, theme: null, domain: null, device: null });
  });
});
