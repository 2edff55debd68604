import type { Position } from '../../model/geometry.ts';
import {
  CORNERS_AT_MOST,
  distance,
  faultOf,
  rounded,
  sizeOf,
  type Within,
  type WithinFaultCode,
} from '../../model/within.ts';

/** An area while it is being drawn, corner by corner: by whatever sets them. */
export class Sketch {
  /** What is being drawn; null: nothing is. */
  kind: Within['kind'] | null = $state(null);
  /** The corners that are set; of a circle its centre. */
  corners: readonly Position[] = $state.raw([]);
  /** Where the next one would be: under the pointer, or in the middle of the map. */
  at: Position | null = $state.raw(null);
  /** Why what was tried is not an area. */
  fault: WithinFaultCode | null = $state(null);
  /** Whether the corners of the finished area can be moved. */
  editing: boolean = $state(false);

  /** What it would be if the next corner were set where `at` is; null before that is an area. */
  readonly preview: Within | null = $derived.by(() => this.#shapeOf(this.at));
  /** Square metres of the preview. */
  readonly size: number | null = $derived(this.preview && sizeOf(this.preview));

  start(kind: Within['kind']): void {
    this.#reset();
    this.editing = false;
    this.kind = kind;
  }

  cancel(): void {
    this.#reset();
  }

  /** Sets a corner. Answers the area where that ends it: the second position of a circle does. */
  add(position: Position): Within | null {
    this.fault = null;
    if (this.kind === 'circle' && this.corners.length === 1) return this.#end(this.#shapeOf(position));
    const corner = rounded(position);
    if (this.corners.length === CORNERS_AT_MOST) this.fault = 'many-corners';
    else if (String(corner) !== String(this.corners.at(-1))) this.corners = [...this.corners, corner];
    return null;
  }

  /** Takes the last corner back. */
  undo(): void {
    this.fault = null;
    this.corners = this.corners.slice(0, -1);
  }

  /** Closes the polygon; null, and `fault` says why, where it cannot be. */
  finish(): Within | null {
    return this.#end(this.#shapeOf(null));
  }

  #end(shape: Within | null): Within | null {
    this.fault = shape === null ? 'few-corners' : (faultOf(shape)?.code ?? null);
    if (shape === null || this.fault !== null) return null;
    this.#reset();
    return shape;
  }

  #shapeOf(at: Position | null): Within | null {
    const [centre] = this.corners;
    if (this.kind === null || centre === undefined) return null;
    if (this.kind === 'circle')
      return at && { kind: 'circle', centre, radius: Math.max(1, Math.round(distance(centre, at))) };
    const corners = at === null ? this.corners : [...this.corners, rounded(at)];
    return corners.length < 3 ? null : { kind: 'polygon', corners };
  }

  #reset(): void {
    this.kind = null;
    this.corners = [];
    this.at = null;
    this.fault = null;
  }
}
