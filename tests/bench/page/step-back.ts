import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { Browser } from 'playwright-core';

/** Lets the browser's processes of a type step back behind others on the machine, every thread of them. */
export async function stepBack(browser: Browser, type: string, nice: number): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  // On Linux a priority is a thread's; those to come have that of who starts them.
  for (const each of processInfo)
    if (each.type === type)
      for (const thread of readdirSync(`/proc/${each.id}/task`)) setPriority(Number(thread), nice);
}
