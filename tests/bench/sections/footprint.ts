import { type Footprint, footprint as measured } from '../footprint.ts';
import { type Section, whole } from '../section.ts';

function render(f: Footprint): string[] {
  return [
    '## The default city (600 simulated devices)',
    '',
    `- from the start of the process to \`ready\`: ${whole(f.ready)} ms (${whole(f.firstReady)} ms at the very first start, which registers the devices)`,
    `- resident memory after some minutes: ${whole(f.rss)} MB`,
    `- CPU, simulators included: ${(f.cpu * 100).toFixed(0)} % of one core`,
  ];
}

export const footprint: Section = { name: 'footprint', measure: async () => render(await measured(60)) };
