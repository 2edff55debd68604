import type { anywhereVi } from './vi.ts';

/** Base map, offline, picture and print, sheet: the page anywhere, in English. */
export const anywhereEn: typeof anywhereVi = {
  menu: 'Tools',
  sheet: 'Height of the sheet',
  sheetStops: { peek: 'peek', half: 'half', full: 'full' },
  offline: 'Offline.',
  lastState: (moment: string, age: string) => `Last state ${moment}, ${age}`,
  onlyCounted: (domain, devices, live) =>
    `${domain}: ${devices} devices then, ${live} reporting; too many to keep each of them.`,
  notKept: 'The list of devices was not kept for reading without a network.',
  newBuild: 'There is a new version of this page.',
  takeBuild: 'Open it',
  later: 'Later',
  schematicNote: 'schematic map',
  base: 'Base map',
  bases: { schematic: 'Schematic', openfreemap: 'OpenFreeMap', pmtiles: 'The city’s own' },
  baseNotes: {
    schematic: 'within the page, needs no network',
    openfreemap: 'detailed, from tiles.openfreemap.org',
    pmtiles: 'detailed, from the city’s own server',
  },
  baseFailed: 'The base map that was chosen does not come: the schematic is shown.',
  takeAlong: 'Take along',
  picture: 'Save a picture (PNG)',
  takingPicture: 'Taking the picture…',
  pictureFailed: 'The picture could not be made on this machine.',
  both: (left, right) => `Left: ${left} · Right: ${right}`,
  print: 'Print the map',
};
