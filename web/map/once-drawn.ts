/** Pictures after everything has come until the map counts as drawn: labels come after the tiles. */
const SETTLED_FRAMES = 3;
/** A source that is set anew before it is done counts once it has been worked through so often: the first may have been of before. */
const ROUNDS = 2;
/** How often the sources are looked at besides, ms: of a tile that is read anew and stays as it was MapLibre tells nothing. */
const LOOK_MS = 200;

type Told = 'render' | 'idle' | 'sourcedata';
type Heard = (event: { type: string; sourceId?: string; sourceDataType?: string }) => void;

/** What is asked of a map: a part of MapLibre's. */
export interface DrawnMap {
  on(type: Told, heard: Heard): unknown;
  off(type: Told, heard: Heard): unknown;
  getSource(id: string): object | undefined;
  isSourceLoaded(id: string): boolean;
  triggerRepaint(): void;
}

/**
 * Calls back once what these sources hold is drawn. MapLibre's own `idle` may never come where a slow machine
 * draws a city that changes every second, nor a moment at which all of its sources are done at once: it is enough
 * that each of them has been. `pictures`: how many are made with all of it there.
 */
export function onceDrawn(
  map: DrawnMap,
  sources: readonly string[],
  drawn: () => void,
  pictures = SETTLED_FRAMES,
): () => void {
  const awaited = new Map(sources.map((id) => [id, 0]));
  let frames = 0;
  const stop = () => {
    clearInterval(looking);
    map.off('render', look);
    map.off('idle', look);
    map.off('sourcedata', heard);
  };
  const note = () => {
    for (const id of awaited.keys()) if (map.getSource(id) && map.isSourceLoaded(id)) awaited.delete(id);
  };
  const settle = () => {
    note();
    // Where nothing is left to be drawn no picture would come by itself.
    if (awaited.size === 0) map.triggerRepaint();
  };
  const look: Heard = ({ type }) => {
    note();
    if (awaited.size > 0) return;
    frames += 1;
    // A map that has nothing to draw makes no picture by itself, nor is it idle once more.
    if (frames < pictures && type !== 'idle') return map.triggerRepaint();
    stop();
    drawn();
  };
  const heard: Heard = ({ sourceId = '', sourceDataType }) => {
    const rounds = awaited.get(sourceId);
    if (rounds !== undefined && sourceDataType === 'content') {
      if (rounds + 1 < ROUNDS) awaited.set(sourceId, rounds + 1);
      else awaited.delete(sourceId);
    }
    settle();
  };
  const looking = setInterval(settle, LOOK_MS);
  map.on('render', look);
  map.on('idle', look);
  map.on('sourcedata', heard);
  map.triggerRepaint();
  return stop;
}
