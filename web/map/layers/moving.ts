import { type ExpressionSpecification, GeoJSONSource, type Map as MapLibreMap } from 'maplibre-gl';
import type { Position } from '../../../model/geometry.ts';
import { newestTime } from '../../state/device.ts';
import type { Mark } from '../../state/mark.ts';
import { type Driver, driven } from '../driven.ts';
import { moved, positionAt, speedAt, standing, type Track } from '../motion.ts';
import { part } from '../overlays.ts';
import { Pace } from '../pace.ts';
import type { Palette } from '../palette.ts';
import { addGlyphs, glyphLayers } from './glyphs.ts';
import { addShapes, colourBy, markSize, shapeLayout, shapePaint } from './paint.ts';
import { addRings } from './ring.ts';
import { EMPTY, type MapLayer, removeAll } from './source.ts';

const SOURCE = 'moving';
export const MOVING_LAYERS = [
  'moving-selected',
  'moving-disc',
  'moving-ring',
  'moving-heading',
  'moving-shape',
  ...glyphLayers(SOURCE),
];

/** What moves, and the id of the device that is open. */
export interface MovingContent {
  readonly marks: readonly Mark[];
  readonly selected: string | null;
  /** Up to which zoom it is drawn among the points, as a part of clusters; null: at none. */
  readonly groupedTo: number | null;
  /** What drives them while the past is shown; null: the reports that come in. */
  readonly driver: Driver | null;
}

/** Reports that may be late before a mark begins to fade, and when it has faded to the least. */
const [FRESH, STALE, LEAST] = [1.5, 3, 0.4];
/** A step on the screen that the eye does not see, in pixels: so often is drawn. */
const STEP_PX = 0.6;
const [OFTENEST_MS, RAREST_MS] = [40, 500];
const METRES_PER_PX_AT_0 = 78_271;
/** How much of the view's width and height around it is drawn too: a map that is dragged shows nothing empty. */
const AROUND = 0.3;
/** How often that is looked at while the map moves. */
const LOOKED_MS = 100;

/** How strongly a mark is drawn whose position is so old, in intervals of its reports. */
export const strength = (age: number): number =>
  1 - (1 - LEAST) * Math.min(1, Math.max(0, (age - FRESH) / (STALE - FRESH)));

const intervalOf = ({ headline }: Mark): number => (headline && 'interval' in headline ? headline.interval : 60);

interface Shown {
  readonly mark: Mark;
  readonly track: Track;
}

function featureOf({ mark, track }: Shown, now: number): GeoJSON.Feature {
  const { device, shape, tone, faded, hidden, stale, doubtful, quarantined, condition } = mark;
  const age = (now - track.reported) / 1_000 / intervalOf(mark);
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: positionAt(track, now) },
    properties: {
      ...{ id: device.id, shape, tone, faded, simulated: device.simulated, heading: track.heading },
      ...{ hidden, stale, doubtful, quarantined, offline: condition === 'offline', strength: strength(age) },
    },
  };
}

function addLayers(map: MapLibreMap, palette: Palette): void {
  const tone: ExpressionSpecification = ['get', 'tone'];
  const faded: ExpressionSpecification = ['get', 'faded'];
  const strong: ExpressionSpecification = ['get', 'strength'];
  const around = { 'icon-size': markSize, 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  map.addLayer({
    id: 'moving-selected',
    type: 'circle',
    source: SOURCE,
    ...part('devices', 'top'),
    filter: ['==', ['get', 'id'], ''],
    paint: {
      'circle-color': palette.accent,
      'circle-opacity': 0.12,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 11, 12, 17, 16, 27],
      'circle-stroke-color': palette.accent,
      'circle-stroke-width': 2.5,
    },
  });
  map.addLayer({
    id: 'moving-disc',
    type: 'circle',
    source: SOURCE,
    ...part('devices', 'top'),
    paint: {
      'circle-color': palette.outline,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 4, 12, 8.5, 16, 15],
      'circle-opacity': ['*', 0.95, strong],
    },
  });
  map.addLayer({
    id: 'moving-ring',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    layout: { ...around, 'icon-image': ['case', ['get', 'simulated'], 'ring-simulated', 'ring-real'] },
    paint: { 'icon-color': colourBy(tone, palette), 'icon-opacity': strong },
  });
  map.addLayer({
    id: 'moving-heading',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    filter: ['!=', ['get', 'heading'], null],
    layout: {
      ...around,
      'icon-image': 'heading',
      'icon-rotate': ['get', 'heading'],
      'icon-rotation-alignment': 'map',
    },
    paint: {
      'icon-color': colourBy(tone, palette),
      'icon-halo-color': palette.outline,
      'icon-halo-width': 1,
      'icon-opacity': strong,
    },
  });
  map.addLayer({
    id: 'moving-shape',
    type: 'symbol',
    source: SOURCE,
    ...part('devices', 'top'),
    layout: { ...shapeLayout, 'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.3, 12, 0.62, 14, 0.8, 17, 1.2] },
    paint: { ...shapePaint(tone, faded, palette), 'icon-opacity': strong },
  });
  const is = (name: string): ExpressionSpecification => ['==', ['get', name], true];
  const of = { hidden: is('hidden'), offline: is('offline'), stale: is('stale') };
  const when = { ...of, doubtful: is('doubtful'), quarantined: is('quarantined') };
  addGlyphs(map, palette, SOURCE, { when, filtered: true });
}

/** What moves: a source of its own that is set anew with every step, so that nothing else is. */
export function addMovingLayer(map: MapLibreMap, palette: Palette): MapLayer<MovingContent> {
  addShapes(map);
  addRings(map);
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  addLayers(map, palette);

  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const tracks = new Map<string, Track>();
  let shown: readonly Shown[] = [];
  let frame: number | undefined;
  const pace = new Pace();
  /** Whether anything was drawn when it was last set. */
  let empty = true;
  let ringed: string | null = null;
  let grouped: number | null = null;
  let driver: Driver | null = null;
  /** Where each headed last. */
  const headings = new Map<string, number | null>();

  /** A track as it is shown at a moment. */
  const shownAt = (moment: number, { mark, track }: Shown): Shown => {
    if (driver === null) return { mark, track };
    const { id } = mark.device;
    const { to: at, reported } = track;
    const before = headings.get(id) ?? null;
    const next = driven(at, still ? null : driver.way(id), { reported, moment, before });
    headings.set(id, next.heading);
    return { mark, track: next };
  };
  /** Further out it is a part of clusters, and drawn by none of these layers. */
  const isSeen = () => grouped === null || map.getZoom() >= grouped + 1;
  /** Whether a position is in view, or close to it. */
  const nearView = (): ((at: Position) => boolean) => {
    const bounds = map.getBounds();
    const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const [wide, high] = [(east - west) * AROUND, (north - south) * AROUND];
    return ([lon, lat]) => lon > west - wide && lon < east + wide && lat > south - high && lat < north + high;
  };
  const draw = (now: number) => {
    const source = map.getSource(SOURCE);
    if (!(source instanceof GeoJSONSource)) return;
    const moment = driver?.moment() ?? now;
    const isNear = nearView();
    const features = !isSeen()
      ? []
      : shown.flatMap((each) => {
          const at = shownAt(moment, each);
          return isNear(positionAt(at.track, moment)) ? [featureOf(at, moment)] : [];
        });
    // Nothing in the place of nothing is no news.
    if (features.length === 0 && empty) return;
    empty = features.length === 0;
    pace.began(now, source.setData({ type: 'FeatureCollection', features }));
  };
  /** Ms until the fastest of them has moved by a step that can be seen; undefined where all stand. */
  const due = (now: number): number | undefined => {
    if (!isSeen()) return undefined;
    if (driver !== null) return driver.playing() && !still && shown.length > 0 ? OFTENEST_MS : undefined;
    const fastest = Math.max(0, ...shown.map(({ track }) => speedAt(track, now)));
    if (fastest === 0) return undefined;
    const [, lat] = shown[0]?.track.to ?? [0, 0];
    const metresPerPx = (METRES_PER_PX_AT_0 * Math.cos((lat * Math.PI) / 180)) / 2 ** map.getZoom();
    return Math.min(RAREST_MS, Math.max(OFTENEST_MS, ((STEP_PX * metresPerPx) / fastest) * 1_000));
  };
  // The browser calls no frame of a page that is hidden, and where all stand none is asked for.
  const turn = () => {
    const now = Date.now();
    const wait = due(now);
    frame = wait === undefined ? undefined : requestAnimationFrame(turn);
    if (wait === undefined || pace.isDue(now, wait)) draw(now);
  };
  // What came into view is drawn there, and goes on to move.
  const looked = ({ type }: { readonly type: string }) => {
    const now = Date.now();
    if (type === 'move' && !pace.isDue(now, LOOKED_MS)) return;
    draw(now);
    frame ??= requestAnimationFrame(turn);
  };
  map.on('move', looked);
  map.on('moveend', looked);
  const trackOf = (mark: Mark, at: readonly [number, number], now: number): Track => {
    const reported = newestTime(mark.device) ?? now;
    const before = tracks.get(mark.device.id);
    if (before === undefined) return standing([...at], reported, now);
    const [lon, lat] = before.to;
    if (lon === at[0] && lat === at[1]) return before.reported === reported ? before : { ...before, reported };
    return moved(before, [...at], { reported, now, still });
  };

  return {
    update({ marks, selected, groupedTo, driver: by }) {
      if (groupedTo !== grouped)
        for (const id of MOVING_LAYERS) map.setLayerZoomRange(id, groupedTo === null ? 0 : groupedTo + 1, 24);
      grouped = groupedTo;
      if (selected !== ringed) map.setFilter('moving-selected', ['==', ['get', 'id'], selected ?? '']);
      ringed = selected;
      const now = Date.now();
      // From one time to another nothing moves on: it is elsewhere.
      if ((by === null) !== (driver === null)) tracks.clear();
      driver = by;
      shown = marks.flatMap((mark) => {
        if (mark.geometry?.type !== 'Point') return [];
        if (by !== null) {
          const reported = newestTime(mark.device) ?? by.moment();
          return [{ mark, track: standing(mark.geometry.coordinates, reported, now) }];
        }
        const track = trackOf(mark, mark.geometry.coordinates, now);
        tracks.set(mark.device.id, track);
        return [{ mark, track }];
      });
      draw(now);
      frame ??= requestAnimationFrame(turn);
    },
    remove() {
      if (frame !== undefined) cancelAnimationFrame(frame);
      map.off('move', looked);
      map.off('moveend', looked);
      removeAll(map, MOVING_LAYERS, SOURCE);
    },
  };
}
