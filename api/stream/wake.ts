/** Lets a loop sleep until something happens. A wake that comes while nobody sleeps is remembered. */
export interface Wake {
  wake(): void;
  /** Resolves at the next wake, or after `ms` where given. */
  wait(ms?: number): Promise<void>;
}

export function createWake(): Wake {
  let woken = false;
  let resume: (() => void) | undefined;
  return {
    wake() {
      woken = true;
      resume?.();
    },
    async wait(ms) {
      if (!woken) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          resume = resolve;
          if (ms !== undefined) timer = setTimeout(resolve, ms);
        });
        clearTimeout(timer);
        resume = undefined;
      }
      woken = false;
    },
  };
}
