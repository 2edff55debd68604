const UNITS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
export type ShiftUnit = keyof typeof UNITS;

/**
 * Ms to add to every time so that the newest comes as near to `now` as whole units allow, and not behind it. All times
 * move alike, so what was distinct stays distinct, and what began at a full hour (UTC) still does.
 */
export function shiftOf(newest: number, now: number, unit: ShiftUnit): number {
  return Math.floor((now - newest) / UNITS[unit]) * UNITS[unit];
}
