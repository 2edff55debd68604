import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './config.ts';

describe('the settings of limits', () => {
  it('have defaults for a city', () => {
    expect(parseConfig({})).toMatchObject({
      JOURNAL_BACKLOG: 8 * 2 ** 30,
      DEVICE_RATE: 2_000,
      PROVIDER_RATE: 20_000,
      API_RATE: 50,
    });
  });

  it.each([
    ['64K', 65_536],
    ['512M', 512 * 2 ** 20],
    ['1T', 2 ** 40],
    ['1000', 1_000],
  ])('take a size of %s', (text, bytes) => {
    expect(parseConfig({ JOURNAL_BACKLOG: text }).JOURNAL_BACKLOG).toBe(bytes);
  });

  it.each([
    ['JOURNAL_BACKLOG', '0'],
    ['JOURNAL_BACKLOG', '8 G'],
    ['JOURNAL_BACKLOG', '-1G'],
    ['DEVICE_RATE', '0'],
    ['PROVIDER_RATE', 'many'],
    ['API_RATE', '1.5'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: value })).toThrow(name);
  });
});
