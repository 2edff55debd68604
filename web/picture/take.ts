import { domToBlob } from 'modern-screenshot';
import { flushSync, mount, unmount } from 'svelte';
import type { City } from '../state/city.svelte.ts';
import Composition from './Composition.svelte';
import { captionOf } from './caption.ts';
import { mapImage } from './map-image.ts';

/** Pixels of the picture for each of the page's, at least: it is looked at closely. */
const SCALE = 1.5;
/** A picture's longer side, in pixels: beyond, browsers give up. */
const LONGEST = 6_000;

/** The map with its legend, its time and whom it thanks, as a PNG. Rejects where there is no map, or too little memory. */
export async function takePicture(city: City): Promise<Blob> {
  const { map } = city.screen;
  const image = mapImage(city.screen);
  if (map === null || image === null) throw new Error('there is no map to take a picture of');
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  const stage = document.createElement('div');
  stage.style.cssText = 'position:fixed;left:-99999px;top:0;pointer-events:none';
  stage.inert = true;
  document.body.append(stage);
  const composition = mount(Composition, {
    target: stage,
    props: { city, image, caption: captionOf(city), size: { width, height } },
  });
  try {
    flushSync();
    await Promise.all([...stage.querySelectorAll('img')].map((each) => each.decode()));
    const [article] = stage.children;
    if (!(article instanceof HTMLElement)) throw new Error('the picture was not composed');
    const longest = Math.max(article.offsetWidth, article.offsetHeight);
    const scale = Math.min(Math.max(SCALE, window.devicePixelRatio), LONGEST / longest);
    const background = getComputedStyle(article).backgroundColor;
    return await domToBlob(article, { scale, type: 'image/png', backgroundColor: background });
  } finally {
    await unmount(composition);
    stage.remove();
  }
}
