import type uPlot from 'uplot';
import { held, type Range, zoomed } from './range.ts';

/** What gestures change: the range that is drawn at once, and the one that is read when the reader has done. */
export interface Zooming {
  range(): Range;
  /** Draws another range for now. */
  preview(range: Range): void;
  /** Asks for the range that is drawn. */
  commit(): void;
}

/** A wheel has no end: after so long without turning, ms, it has stopped. */
const WHEEL_ENDS_MS = 250;
const WHEEL_SPEED = 0.004;

/** Fingers and wheel over a plot: one finger reads, two zoom and move; Ctrl and wheel zooms. Answers how to take them off. */
export function followGestures(plot: uPlot, zooming: Zooming): () => void {
  const { over } = plot;
  const fingers = new Map<number, number>();
  /** The range and where the fingers were when the second one came. */
  let pinch: { readonly range: Range; readonly left: number; readonly right: number } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopped = new AbortController();
  const { signal } = stopped;
  over.style.touchAction = 'pan-y';

  const within = (clientX: number) => clientX - over.getBoundingClientRect().left;
  const spread = () => {
    const places = [...fingers.values()].sort((a, b) => a - b);
    return { left: places[0] ?? 0, right: places.at(-1) ?? 0 };
  };
  const momentAt = ({ from, to }: Range, left: number) => from + ((to - from) * left) / over.clientWidth;

  over.addEventListener(
    'pointerdown',
    ({ pointerType, pointerId, clientX }) => {
      if (pointerType !== 'touch') return;
      fingers.set(pointerId, within(clientX));
      if (fingers.size === 2) pinch = { range: zooming.range(), ...spread() };
    },
    { signal },
  );
  over.addEventListener(
    'pointermove',
    ({ pointerId, clientX }) => {
      if (!fingers.has(pointerId)) return;
      fingers.set(pointerId, within(clientX));
      if (pinch === undefined) {
        if (fingers.size === 1) plot.setCursor({ left: within(clientX), top: 1 });
        return;
      }
      const now = spread();
      // What lay under each finger stays under it.
      const [first, last] = [momentAt(pinch.range, pinch.left), momentAt(pinch.range, pinch.right)];
      const perPixel = (last - first) / Math.max(12, now.right - now.left);
      const from = first - now.left * perPixel;
      zooming.preview(held({ from, to: from + over.clientWidth * perPixel }, Date.now()));
    },
    { signal },
  );
  const lifted = ({ pointerId }: PointerEvent) => {
    fingers.delete(pointerId);
    if (pinch === undefined || fingers.size > 1) return;
    pinch = undefined;
    zooming.commit();
  };
  over.addEventListener('pointerup', lifted, { signal });
  over.addEventListener('pointercancel', lifted, { signal });
  over.addEventListener(
    'wheel',
    (event) => {
      // A trackpad tells its pinch as the wheel with Ctrl; without it the panel scrolls.
      if (!event.ctrlKey) return;
      event.preventDefault();
      const range = zooming.range();
      const centre = momentAt(range, within(event.clientX));
      zooming.preview(zoomed(range, Math.exp(event.deltaY * WHEEL_SPEED), centre, Date.now()));
      clearTimeout(timer);
      timer = setTimeout(zooming.commit, WHEEL_ENDS_MS);
    },
    { signal, passive: false },
  );
  return () => {
    clearTimeout(timer);
    stopped.abort();
  };
}
