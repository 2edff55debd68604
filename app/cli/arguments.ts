import { InvalidArgumentError } from 'commander';

/** Parsers of what stands on the command line; each throws commander's InvalidArgumentError. */

/** "21.03,105.85" as people say it to GeoJSON's [longitude, latitude]. */
export function latLon(text: string): readonly [lon: number, lat: number] {
  const [lat = Number.NaN, lon = Number.NaN, ...more] = text
    .split(',')
    .map((part) => Number(part.trim() || Number.NaN));
  if (more.length > 0 || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180))
    throw new InvalidArgumentError('Give latitude,longitude in degrees.');
  return [lon, lat];
}

/** "level=4", once or several times. */
export function tags(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Give name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** An option that may be repeated. */
export const several = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export function natural(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('Give a whole number above 0.');
  return number;
}

export function webAddress(text: string): string {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new InvalidArgumentError('Give an address such as http://127.0.0.1:8080.');
  return text;
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is not JSON.');
  }
}
