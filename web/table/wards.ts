import { LEVEL_NAMES, LEVELS, type Level } from '../../model/level.ts';
import { instantIn } from '../chart/zone.ts';
import type { Ward } from '../state/areas.svelte.ts';
import type { WardFigure } from '../state/choropleth.svelte.ts';
import type { City } from '../state/city.svelte.ts';
import { NameOrder } from '../state/name-order.ts';
import { byNumber, byText, type Column } from './columns.ts';
import type { CsvValue } from './csv.ts';

/** A ward with its figure, where it has one. */
export interface WardRow {
  readonly ward: Ward;
  readonly figure: WardFigure | undefined;
  /** By the metric's own bands; null where it has none, or there is no figure. */
  readonly level: Level | null;
}

/** Every ward of the city with what the map colours it by. */
export function wardRows({ areas, choropleth }: Pick<City, 'areas' | 'choropleth'>): readonly WardRow[] {
  return areas.wards.map((ward) => {
    const tone = choropleth.tone(ward.id);
    const level = LEVELS.find((each) => each === tone) ?? null;
    return { ward, figure: choropleth.figures.get(ward.id), level };
  });
}

/** What the table says of wards; `now`, the moment ages are told at, is asked for with each text. */
export function wardColumns(city: City, now: () => number): readonly Column<WardRow>[] {
  const { messages, format, language } = city.preferences;
  const { columns: names, none, ...words } = messages.finding.table;
  const asked = city.choropleth.asked;
  const order = new NameOrder(language);
  const kind = ({ ward }: WardRow) => messages.wardKinds[ward.kind];
  return [
    {
      ...{ id: 'name', name: names.ward, width: 200, grow: true, narrow: true },
      keys: byText(order, ({ ward }) => ward.name[language]),
      text: ({ ward }) => ward.name[language],
    },
    { ...{ id: 'kind', name: names.kind, width: 110 }, keys: byText(order, kind), text: kind },
    {
      ...{ id: 'value', name: asked?.figure.name[language] ?? names.value, width: 150, numeric: true, narrow: true },
      keys: byNumber(({ figure }) => figure?.value ?? null),
      text: ({ figure }) => (figure && asked ? format.quantity(figure.value, asked.figure.unit) : none),
    },
    {
      ...{ id: 'level', name: names.level, width: 130, narrow: true },
      keys: byNumber(({ level }) => (level === null ? null : LEVELS.indexOf(level))),
      text: ({ level }) => (level === null ? none : LEVEL_NAMES[level][language]),
    },
    {
      ...{ id: 'completeness', name: names.completeness, width: 150, numeric: true, narrow: true },
      keys: byNumber(({ figure }) => figure?.completeness ?? null),
      text: ({ figure }) => {
        if (figure === undefined) return none;
        return figure.completeness === null ? messages.completenessUnknown : format.share(figure.completeness);
      },
    },
    {
      ...{ id: 'received', name: names.received, width: 130, numeric: true },
      keys: byNumber(({ figure }) => figure?.received ?? null),
      text: ({ figure }) => {
        if (figure === undefined) return none;
        const received = format.number(figure.received);
        return figure.expected === null ? received : messages.countOf(received, format.number(figure.expected));
      },
    },
    {
      ...{ id: 'devices', name: names.devices, width: 110, numeric: true },
      keys: byNumber(({ figure }) => figure?.devices ?? null),
      text: ({ figure }) => (figure ? format.number(figure.devices) : none),
    },
    {
      ...{ id: 'age', name: names.age, width: 130, numeric: true },
      keys: byNumber(({ figure }) => (figure ? -figure.newest : null)),
      text: ({ figure }) => (figure ? format.age((now() - figure.newest) / 1_000) : none),
    },
    {
      ...{ id: 'population', name: names.population, width: 120, numeric: true },
      keys: byNumber(({ ward }) => ward.population),
      text: ({ ward }) => (ward.population === null ? messages.populationUnknown : format.number(ward.population)),
    },
    {
      ...{ id: 'borders', name: names.borders, width: 120 },
      keys: byNumber(({ ward }) => Number(ward.approximate)),
      text: ({ ward }) => (ward.approximate ? words.approximate : words.surveyed),
    },
  ];
}

/**
 * The wards as a file has them: figures bare, with unit, span and completeness beside them. Columns and values are those
 * of the API in any language, and names stand beside their ids.
 */
export function wardSheet(city: City, rows: readonly WardRow[]): readonly (readonly CsvValue[])[] {
  const { language, timezone } = city.preferences;
  const asked = city.choropleth.asked;
  const head = [
    ...['id', 'name', 'kind', 'metric', 'metric name', 'over', 'value', 'unit', 'level', 'completeness', 'reports'],
    ...['reports expected', 'devices', `newest (${timezone})`, 'inhabitants', 'approximate'],
  ];
  return [
    head,
    ...rows.map(({ ward, figure, level }): readonly CsvValue[] => [
      ...[ward.id, ward.name[language], ward.kind, asked?.figure.id ?? null, asked?.figure.name[language] ?? null],
      ...[asked?.over ?? null, figure?.value ?? null, asked?.figure.unit ?? null, level],
      ...[figure?.completeness ?? null, figure?.received ?? null, figure?.expected ?? null, figure?.devices ?? null],
      ...[figure ? instantIn(figure.newest, timezone) : null, ward.population, ward.approximate],
    ]),
  ];
}
