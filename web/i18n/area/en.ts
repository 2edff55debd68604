import type { areaVi } from './vi.ts';

/** 1st, 2nd, 3rd, 4th. */
const SUFFIXES: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ordinal = (place: number): string => `${place}${SUFFIXES[ordinals.select(place)] ?? 'th'}`;

/** The profile of an area and the drawing of areas, in English. */
export const areaEn: typeof areaVi = {
  draw: 'Draw an area on the map',
  drawKinds: { polygon: 'Draw a polygon', circle: 'Draw a circle' },
  howPolygon: 'Click to set each corner; click the first one again, or double-click, to close it.',
  howCircle: ['Click to set the centre.', 'Click again to set the radius.'],
  howKeys:
    'On the map: arrow keys move it (Shift: a little), Enter sets a point at its centre, Shift+Enter finishes, Backspace takes the last corner back.',
  cornersSoFar: (count, size) => `${count} ${count === '1' ? 'corner' : 'corners'}${size === null ? '' : ` · ${size}`}`,
  circleSoFar: (radius, size) => `Radius ${radius} · ${size}`,
  finish: 'Finish',
  undo: 'Undo corner',
  faults: {
    unreadable: 'This area cannot be read.',
    radius: 'A radius is 1 m to 50 km.',
    'few-corners': 'A polygon needs at least three different corners.',
    'many-corners': 'A polygon has at most 100 corners.',
    crossing: 'Its sides cross: move or remove a corner.',
    empty: 'This area is too small.',
  },
  handles: {
    corner: (index) => `Corner ${index}: arrow keys move it, Delete removes it`,
    side: (index) => `Add a corner behind corner ${index}`,
    centre: 'Centre of the circle: arrow keys move it',
    edge: 'Radius: left and right arrow keys change it',
  },
  drawn: 'Drawn area',
  drawnIs: { polygon: 'Polygon', circle: 'Circle' },
  radius: 'Radius (m)',
  size: 'Size',
  edit: 'Edit shape',
  editDone: 'Done editing',
  clear: 'Remove area',
  chip: (size) => `In the drawn ${size}`,
  condition: 'Condition',
  spans: { PT1H: 'last hour', P1D: 'last 24 hours' },
  hourOf: (from, to) => `hour ${from}–${to}`,
  more: (difference, share) => `${difference} more than last week${share === null ? '' : ` (+${share})`}`,
  less: (difference, share) => `${difference} less than last week${share === null ? '' : ` (−${share})`}`,
  points: 'points',
  same: 'as last week',
  noBefore: (since) =>
    since === null
      ? 'No figures of last week to compare with.'
      : `Nothing to compare with last week yet: the city has figures since ${since}.`,
  beforeWas: (value, moment) => `Last week (${moment}): ${value}`,
  beforeLacking: (share) => `only ${share} received last week`,
  perInhabitants: (value) => `${value} / 10,000 people`,
  rank: (place, of) =>
    of === 1
      ? 'the only figure'
      : place === 1
        ? `highest of ${of}`
        : place === of
          ? `lowest of ${of}`
          : `${ordinal(place)} highest of ${of}`,
  rankSame: (of) => `all ${of} the same`,
  rankSays: (rank, low, median, high) =>
    `${rank}, among the wards with a figure; lowest ${low}, middle ${median}, highest ${high}`,
  rankByInhabitants: 'ranked per 10,000 people',
  hidden: (count) => `${count} ${count === '1' ? 'figure is' : 'figures are'} not public: they need an access key.`,
  withoutFigures: (names) => `No device reports: ${names}`,
  unavailable: (names) => `Could not be read yet: ${names}`,
  nothing: 'No figures here yet.',
  failed: 'The profile could not be read. Trying again…',
  loading: 'Reading the profile…',
  read: (moment) => `read at ${moment}`,
  json: 'Open in the API',
  csv: 'Download CSV',
  noRank: 'A drawn area has no population and no rank: nobody has counted who lives in it.',
};
