import { untrack } from 'svelte';

/** So many are gone through in no time: then nothing has to wait. */
const MANY = 2_000;

/**
 * Many marks for what counts and lists them: they come a task after the map's, so that all of it together is no long one.
 * Few come at once. To be called where a component is set up.
 */
export function paced<Item>(source: () => readonly Item[]): { readonly current: readonly Item[] } {
  let held = $state.raw(untrack(source));
  let turn: ReturnType<typeof setTimeout> | undefined;
  $effect(() => {
    if (source().length <= MANY) return;
    turn ??= setTimeout(() => {
      turn = undefined;
      held = untrack(source);
    });
  });
  $effect(() => () => clearTimeout(turn));
  const current = $derived.by(() => (source().length <= MANY ? source() : held));
  return {
    get current() {
      return current;
    },
  };
}
