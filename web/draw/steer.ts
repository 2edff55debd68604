import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl';
import type { Position } from '../../model/geometry.ts';
import { holdPicking } from '../map/hold.ts';
import { centreOf } from '../map/pick.ts';

/** What drawing asks for, whichever hand it is done by. */
export interface DrawHandlers {
  /** A corner is to be set. */
  set(at: Position): void;
  /** Where the next corner would be. */
  over(at: Position): void;
  /** Whether a point of the screen closes what is drawn: it lies on the first corner. */
  closes(x: number, y: number): boolean;
  finish(): void;
  undo(): void;
  cancel(): void;
}

/** Pixels that an arrow key moves the map while somebody draws, and with Shift. */
const [STEP, FINE] = [48, 8];
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const positionOf = ({ lngLat }: Pick<MapMouseEvent, 'lngLat'>): Position => [lngLat.lng, lngLat.lat];

/** The position in the middle of the map. */
export function middleOf(map: MapLibreMap): Position {
  const { x, y } = centreOf(map);
  return map.unproject([x, y]).toArray();
}

/** What a key does: arrows move the map under the crosshairs, Enter sets a corner there. False for any other key. */
function press(map: MapLibreMap, handlers: DrawHandlers, { key, shiftKey }: KeyboardEvent): boolean {
  const way = ARROWS[key];
  if (way) {
    const step = shiftKey ? FINE : STEP;
    map.panBy([way[0] * step, way[1] * step], { duration: 0 });
    handlers.over(middleOf(map));
  } else if (key === 'Enter') {
    const { x, y } = centreOf(map);
    if (shiftKey || handlers.closes(x, y)) handlers.finish();
    else handlers.set(middleOf(map));
  } else if (key === 'Backspace' || key === 'Delete') handlers.undo();
  else if (key === 'Escape') handlers.cancel();
  else return false;
  return true;
}

/** Draws by pointer, finger and keyboard on the map until the returned function is called; nothing is picked meanwhile. */
export function steerDrawing(map: MapLibreMap, handlers: DrawHandlers): () => void {
  const release = holdPicking(map);
  const canvas = map.getCanvas();
  const frame = map.getCanvasContainer();
  const click = (event: MapMouseEvent) => {
    if (handlers.closes(event.point.x, event.point.y)) handlers.finish();
    else handlers.set(positionOf(event));
  };
  const double = (event: MapMouseEvent) => {
    event.preventDefault();
    handlers.finish();
  };
  const move = (event: MapMouseEvent) => handlers.over(positionOf(event));
  // Before the map's own keys, and those of what lies on it.
  const keydown = (event: KeyboardEvent) => {
    if (event.target !== canvas || !press(map, handlers, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  // Escape ends the drawing wherever it is pressed, before it closes a panel.
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    handlers.cancel();
  };
  map.on('click', click);
  map.on('dblclick', double);
  map.on('mousemove', move);
  frame.addEventListener('keydown', keydown, { capture: true });
  window.addEventListener('keydown', leave, { capture: true });
  canvas.classList.add('drawing');
  return () => {
    release();
    map.off('click', click);
    map.off('dblclick', double);
    map.off('mousemove', move);
    frame.removeEventListener('keydown', keydown, { capture: true });
    window.removeEventListener('keydown', leave, { capture: true });
    canvas.classList.remove('drawing');
  };
}
