import { type FormatCost, formatCosts } from '../formats.ts';
import { type Section, whole } from '../section.ts';

const NAMES: Readonly<Record<FormatCost['format'], string>> = {
  json: 'the city’s JSON',
  senml: 'SenML in JSON',
  'senml-cbor': 'SenML in CBOR',
  line: 'InfluxDB line protocol',
  tts: 'The Things Stack, a Milesight AM103',
  chirpstack: 'ChirpStack, a Milesight AM103',
};

function render(costs: readonly FormatCost[]): string[] {
  const row = ({ format, readings, bytes, message, observation, overJson }: FormatCost): string =>
    `| ${NAMES[format]} | ${readings} | ${whole(bytes)} | ${message.toFixed(1)} | ${observation.toFixed(2)} | ${overJson.toFixed(2)} |`;
  return [
    '## What each format costs to read',
    '',
    'From the payload’s bytes to readings, in one thread, two values to a reading: the median of rounds that take the formats in turn.',
    'Judging the values by their metrics, which is the same for all, comes on top.',
    '',
    '| | readings in a message | bytes | µs a message | µs an observation | over JSON |',
    '|---|---|---|---|---|---|',
    ...costs.map(row),
  ];
}

export const formats: Section = { name: 'formats', measure: async () => render(formatCosts()) };
