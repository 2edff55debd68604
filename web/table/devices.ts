import { DEVICE_CONDITIONS } from '../../model/device.ts';
import { LEVEL_NAMES, LEVELS, type Level } from '../../model/level.ts';
import { instantIn } from '../chart/zone.ts';
import type { City } from '../state/city.svelte.ts';
import { newestTime } from '../state/device.ts';
import type { Mark } from '../state/mark.ts';
import { deviceNames, NameOrder } from '../state/name-order.ts';
import { byNumber, byText, type Column } from './columns.ts';
import type { CsvValue } from './csv.ts';

/** The level a device is at now: what fell silent has none, as on the map and in the filters. */
export const levelNow = ({ rating, faded }: Mark): Level | null => (faded || rating === 'unrated' ? null : rating);

const QUALITIES = ['valid', 'suspect', 'invalid'] as const;

/** What the table says of devices; `now`, the moment ages are told at, is asked for with each text. */
export function deviceColumns(city: City, now: () => number): readonly Column<Mark>[] {
  const { catalogue, areas, preferences, view } = city;
  const { messages, format, language } = preferences;
  const { columns: names, none, ...words } = messages.finding.table;
  const others = new NameOrder(language);

  const kind = ({ device }: Mark) => catalogue.kind(device.domain, device.kind)?.name[language] ?? device.kind;
  const domain = ({ device }: Mark) => catalogue.domain(device.domain)?.name[language] ?? device.domain;
  const ward = ({ geometry }: Mark) => {
    const id = areas.of(geometry);
    return id === undefined ? '' : (areas.get(id)?.name[language] ?? id);
  };
  const figure = ({ headline }: Mark) => headline?.name[language] ?? '';
  const provider = ({ device }: Mark) => catalogue.provider(device.provider);
  const connection = ({ device: { connected } }: Mark) =>
    connected === null ? words.connectionUnknown : connected ? words.connected : words.disconnected;
  // Of a device whose messages wait in the quarantine, what is shown is not all that it said.
  const quality = ({ reading, quarantined }: Mark) => {
    const told = reading === undefined ? none : messages.qualities[reading.quality];
    return quarantined ? `${told}, ${words.quarantined}` : told;
  };

  const text = (id: keyof typeof names, width: number, said: (mark: Mark) => string): Column<Mark> => ({
    ...{ id, name: names[id], width },
    keys: byText(others, said),
    text: (mark) => said(mark) || none,
  });

  const all: readonly (Column<Mark> | null)[] = [
    {
      ...{ id: 'name', name: names.name, width: 230, grow: true, narrow: true },
      keys: byText(deviceNames(language), ({ device }) => device.name),
      text: ({ device }) => device.name,
    },
    text('kind', 124, kind),
    city.chosen === null ? text('figure', 150, figure) : null,
    {
      ...{ id: 'value', name: city.chosen?.name[language] ?? names.value, width: 100, numeric: true, narrow: true },
      groups: byText(others, figure),
      keys: byNumber(({ reading }) => reading?.value ?? null),
      text: ({ reading, headline, hidden }) => {
        if (hidden && headline) return messages.locked[headline.access];
        return reading && headline ? format.quantity(reading.value, headline.unit) : none;
      },
    },
    {
      ...{ id: 'level', name: names.level, width: 112, narrow: true },
      keys: byNumber((mark) => {
        const level = levelNow(mark);
        return level === null ? null : LEVELS.indexOf(level);
      }),
      text: (mark) => {
        const level = levelNow(mark);
        return level === null ? none : LEVEL_NAMES[level][language];
      },
    },
    {
      ...{ id: 'age', name: names.age, width: 128, numeric: true },
      // The youngest first: an age and not a time is what is read.
      keys: byNumber(({ device }) => {
        const newest = newestTime(device);
        return newest === null ? null : -newest;
      }),
      text: ({ device }) => {
        const newest = newestTime(device);
        return newest === null ? none : format.age((now() - newest) / 1_000);
      },
    },
    {
      ...{ id: 'condition', name: names.condition, width: 108 },
      keys: byNumber(({ condition }) => DEVICE_CONDITIONS.indexOf(condition)),
      text: ({ condition }) => messages.conditions[condition],
    },
    text('ward', 172, ward),
    view.domain === null ? text('domain', 118, domain) : null,
    {
      ...{ id: 'connection', name: names.connection, width: 112 },
      keys: byNumber(({ device: { connected } }) => (connected === null ? null : connected ? 0 : 1)),
      text: connection,
    },
    text('provider', 150, provider),
    {
      ...{ id: 'simulated', name: names.simulated, width: 98 },
      keys: byNumber(({ device }) => Number(device.simulated)),
      text: ({ device }) => (device.simulated ? messages.simulated : words.real),
    },
    {
      ...{ id: 'quality', name: names.quality, width: 112 },
      keys: byNumber(({ reading, quarantined }) =>
        reading === undefined && !quarantined
          ? null
          : QUALITIES.indexOf(reading?.quality ?? 'valid') + (quarantined ? QUALITIES.length : 0),
      ),
      text: quality,
    },
  ];
  return all.filter((column) => column !== null);
}

/**
 * The devices as a file has them: figures bare, unit and time beside them. Columns and values are those of the API in any
 * language, and names stand beside their ids.
 */
export function deviceSheet(city: City, marks: readonly Mark[]): readonly (readonly CsvValue[])[] {
  const { catalogue, areas } = city;
  const { language, timezone } = city.preferences;
  const head = [
    ...['id', 'name', 'kind', 'kind name', 'domain', 'domain name', 'ward', 'ward name', 'metric', 'metric name'],
    ...['value', 'unit', 'level', 'quality', `newest (${timezone})`, 'condition', 'connected', 'provider'],
    ...['provider name', 'simulated', 'quarantined'],
  ];
  return [
    head,
    ...marks.map((mark): readonly CsvValue[] => {
      const { device, headline, reading, condition } = mark;
      const newest = newestTime(device);
      const ward = areas.of(mark.geometry) ?? null;
      return [
        ...[device.id, device.name],
        ...[device.kind, catalogue.kind(device.domain, device.kind)?.name[language] ?? device.kind],
        ...[device.domain, catalogue.domain(device.domain)?.name[language] ?? device.domain],
        ...[ward, ward === null ? null : (areas.get(ward)?.name[language] ?? ward)],
        ...[headline?.id ?? null, headline?.name[language] ?? null],
        ...[reading?.value ?? null, headline?.unit ?? null, levelNow(mark), reading?.quality ?? null],
        ...[newest === null ? null : instantIn(newest, timezone), condition, device.connected],
        ...[device.provider, catalogue.provider(device.provider), device.simulated, mark.quarantined],
      ];
    }),
  ];
}
