import { type Browser, chromium } from 'playwright-core';
import { findTool } from './tools.ts';

/** What Debian's Chromium needs to draw WebGL without a screen, and to reach nobody but this machine. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nobody listens there, and the loopback interface does without a proxy: every other host is out of reach.
  '--proxy-server=127.0.0.1:9',
];

/** Starts Chromium without a screen; throws where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const tool = await findTool('chromium');
  if (tool === undefined) throw new Error('chromium is needed');
  return await chromium.launch({ executablePath: tool.path, args: FLAGS });
}
