import { InfluxRejected } from './errors.ts';

/** No more lines than this are named: they point at one cause. */
const NAMED_AT_MOST = 20;

/**
 * Which of the lines of a refused write are refused, by halving: writing a line again changes nothing, and InfluxDB's
 * message seldom names them. `send` rejects with InfluxRejected 400 where a line is bad.
 */
export async function rejectedLines(
  lines: readonly string[],
  send: (lines: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const found: string[] = [];
  const suspects: (readonly string[])[] = [lines];
  while (found.length < NAMED_AT_MOST) {
    const next = suspects.pop();
    if (!next) break;
    const bad = await send(next).then(
      () => false,
      (error: unknown) => {
        if (error instanceof InfluxRejected && error.status === 400) return true;
        throw error;
      },
    );
    if (!bad) continue;
    const [only] = next;
    if (next.length === 1 && only !== undefined) found.push(only);
    else suspects.push(next.slice(next.length >> 1), next.slice(0, next.length >> 1));
  }
  return found;
}
