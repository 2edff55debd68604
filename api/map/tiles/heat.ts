import { batches, yieldToOthers } from '../../../storage/batches.ts';
import type { Fact } from './facts.ts';
import { liesIn, type Place, placeOf, type TileAddress } from './grid.ts';
import { addFact, emptyTally, type Tally } from './tally.ts';

/** Cells along a side of a tile: 8 pixels of a tile of 512, less than any warmth is wide. */
export const CELLS = 64;
/** Facts looked at before the event loop turns. */
const AT_ONCE = 5_000;

/** The middle of a cell and what stands in it. */
export interface HeatCell extends Place {
  readonly tally: Tally;
}

/** What stands in a tile by cells; each device that has been seen in it is in exactly one. */
export async function heatOf(facts: readonly Fact[], tile: TileAddress): Promise<readonly HeatCell[]> {
  const side = CELLS * 2 ** tile.z;
  const cells = new Map<number, HeatCell>();
  for (const some of batches(facts, AT_ONCE)) {
    for (const fact of some) {
      if (fact.position === null) continue;
      const place = placeOf(fact.position);
      if (!liesIn(place, tile)) continue;
      const [column, row] = [Math.floor(place.x * side), Math.floor(place.y * side)];
      const number = (row % CELLS) * CELLS + (column % CELLS);
      let cell = cells.get(number);
      if (!cell) {
        cell = { x: (column + 0.5) / side, y: (row + 0.5) / side, tally: emptyTally() };
        cells.set(number, cell);
      }
      addFact(cell.tally, fact);
    }
    await yieldToOthers();
  }
  return [...cells.values()];
}
