import type { Registry } from '../../storage/registry/port.ts';

export interface RegistryLab {
  readonly registry: Registry;
  /** Another connection to the same data, which only reads. */
  reader(): Promise<Registry>;
  /** Closes everything and opens the same data again. */
  reopen(): Promise<Registry>;
  /** Makes a copy of this name and opens it; rejects where it is there already. */
  copy(name: string): Promise<Registry>;
  /** Closes everything and takes the data away. */
  close(): Promise<void>;
}

/** Opens a registry of its own, empty. */
export type FreshRegistry = () => Promise<RegistryLab>;

export async function withRegistry(
  fresh: FreshRegistry,
  run: (registry: Registry, lab: RegistryLab) => Promise<void>,
): Promise<void> {
  const lab = await fresh();
  try {
    await run(lab.registry, lab);
  } finally {
    await lab.close();
  }
}
