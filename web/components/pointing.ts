import { createContext } from 'svelte';
import type { Pointing } from '../map/pointing.ts';

/** The map's pointing, for the layers that lie on it. */
export const [getPointing, setPointing] = createContext<Pointing>();
