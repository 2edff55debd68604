/** The question mark of a value in doubt: its course around the middle of its disc, y downwards, and its dot below. */
export const QUESTION: readonly (readonly [x: number, y: number])[] = [
  [-4, -3],
  [-3, -6],
  [0, -7.5],
  [3, -6],
  [4, -3],
  [2.4, -0.8],
  [0, 1],
  [0, 3],
];
export const QUESTION_DOT = [0, 7.2] as const;
