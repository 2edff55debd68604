/** So few marks never hide each other for long. */
const [FEW, MANY, CROWD] = [60, 250, 2_500];

/**
 * Up to which zoom marks that are close to each other are drawn as one: the more there are, the nearer one must look to
 * see each; null where they are few.
 */
export function groupedTo(marks: number): number | null {
  if (marks <= FEW) return null;
  if (marks <= MANY) return 11;
  return marks <= CROWD ? 12 : 13;
}
