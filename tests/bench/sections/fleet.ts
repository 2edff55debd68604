import { type FleetFigures, manyDevices } from '../footprint.ts';
import { type Section, whole } from '../section.ts';

function render(f: FleetFigures): string[] {
  const half = Math.floor(f.pending.length / 2);
  const mean = (part: readonly number[]): string =>
    whole(part.reduce((sum, n) => sum + n, 0) / Math.max(1, part.length));
  return [
    `## ${whole(f.devices)} simulated devices`,
    '',
    `- \`ready\` after ${whole(f.ready)} ms; as many messages as devices processed after ${whole(f.reported)} s`,
    `- stored: ${whole(f.stored)} observations/s over ${f.pending.length} s`,
    `- pending messages: mean ${mean(f.pending.slice(0, half))} in the first half, ${mean(f.pending.slice(half))} in the second, at most ${whole(Math.max(0, ...f.pending))}`,
    `- ${whole(f.rss)} MB resident, ${(f.cpu * 100).toFixed(0)} % of one core, simulators included`,
  ];
}

export const fleet: Section = { name: 'fleet', measure: async () => render(await manyDevices(20_000, 60)) };
