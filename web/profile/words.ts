import type { UnitCode } from '../../model/unit.ts';
import type { ProfileFigure } from '../api/shapes.ts';
import type { Format } from '../i18n/format.ts';
import type { Messages } from '../i18n/messages.ts';

/** A number that may be small, to two digits that say something. */
export function fine(value: number, format: Format): string {
  const size = Math.abs(value);
  if (size >= 1 || size === 0) return format.number(value);
  return format.tick(value, 10 ** Math.max(-6, Math.floor(Math.log10(size)) - 1));
}

/** Units of which a share says nothing: zero is not none of them, or they are shares themselves. */
const NO_SHARE: ReadonlySet<UnitCode> = new Set<UnitCode>(['%', 'Cel', '{index}', 'm']);

/** How a figure stands against the week before. */
export interface Change {
  readonly way: 'up' | 'down' | 'same';
  /** In words, with the direction among them. */
  readonly text: string;
}

/** The change in words; null where there is nothing to compare with. */
export function changeOf(
  { before, unit }: Pick<ProfileFigure, 'before' | 'unit'>,
  format: Format,
  texts: Messages['areas'],
): Change | null {
  if (before === null) return null;
  const { difference, ratio } = before;
  const size = Math.abs(difference);
  // What is written the same counts as the same.
  if (format.number(size) === format.number(0)) return { way: 'same', text: texts.same };
  const amount = unit === '%' ? `${format.number(size)} ${texts.points}` : format.quantity(size, unit);
  const share = ratio === null || NO_SHARE.has(unit) ? null : format.share(Math.abs(ratio));
  return difference > 0
    ? { way: 'up', text: texts.more(amount, share) }
    : { way: 'down', text: texts.less(amount, share) };
}
