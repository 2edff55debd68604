import { type Browser, chromium } from 'playwright-core';
import { findTool } from './tools.ts';

/** What Debian's Chromium needs to draw WebGL without a screen, and to reach nobody but this machine. */
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nobody listens there, and the loopback interface does without a proxy: every other host is out of reach.
  '--proxy-server=127.0.0.1:9',
];

/** WebGL drawn within the compositor: quick to start, but each picture is read back while the page's thread waits. */
const NO_GPU = ['--disable-gpu'];
/** A graphics card in software, in a process of its own: the page hands its work over, as it does to a real one. */
const SOFTWARE_GPU = [
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-swiftshader',
  '--enable-gpu-rasterization',
];

/** Starts Chromium without a screen; throws where there is none. `gpu`: with a graphics card made of software. */
export async function launchBrowser({ gpu = false } = {}): Promise<Browser> {
  const tool = await findTool('chromium');
  if (tool === undefined) throw new Error('chromium is needed');
  return await chromium.launch({ executablePath: tool.path, args: [...FLAGS, ...(gpu ? SOFTWARE_GPU : NO_GPU)] });
}
