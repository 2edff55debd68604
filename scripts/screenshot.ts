/** `npm run screenshots`: the tour's pictures, taken in a real browser of a city of its own or of the one at --url. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { launchBrowser } from '../tests/helpers/browser.ts';
import { startDemonstration } from './demonstration.ts';
import { LOOKS } from './pictures/screens.ts';
import { takePicture } from './pictures/take.ts';
import { DEVICE, fileOf, views } from './pictures/views.ts';

const options = new Command()
  .option('--url <url>', 'where a city runs; without it one is started and stopped again')
  .option('--key <key>', 'the key of its administrator: without it the quarantine is left out')
  .option('--out <folder>', 'where the pictures go', 'docs/images')
  .option('--device <id>', 'the device whose day is shown', DEVICE)
  .option('--only <views>', 'the ids of the views to take, with commas between them')
  .parse()
  .opts<{ url?: string; key?: string; out: string; device: string; only?: string }>();

const only = options.only?.split(',');
await mkdir(options.out, { recursive: true });
const own = options.url === undefined ? await startDemonstration(options.device) : undefined;
const city = { url: options.url ?? own?.url ?? '', key: options.key ?? own?.key };
const browser = await launchBrowser();
try {
  for (const view of views(options.device)) {
    if (only?.includes(view.id) === false || (view.signedIn && city.key === undefined)) continue;
    for (const look of LOOKS) {
      const path = join(options.out, fileOf(view.id, look));
      await writeFile(path, await takePicture(browser, city, view, look));
      console.log(path);
    }
  }
} finally {
  await browser.close();
  await own?.stop();
}
