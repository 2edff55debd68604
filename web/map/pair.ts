import type { Map as MapLibreMap } from 'maplibre-gl';

/** Lets two maps look at the same place until the returned function is called: whichever moves, the other follows. */
export function pair(first: MapLibreMap, second: MapLibreMap): () => void {
  // Who is moved tells of it as if it had moved.
  let following = false;
  const leads = (leader: MapLibreMap, follower: MapLibreMap) => () => {
    if (following) return;
    following = true;
    follower.jumpTo({ center: leader.getCenter(), zoom: leader.getZoom() });
    following = false;
  };
  const [forth, back] = [leads(first, second), leads(second, first)];
  forth();
  first.on('move', forth);
  second.on('move', back);
  return () => {
    first.off('move', forth);
    second.off('move', back);
  };
}
