import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import type { Fuzzed, Fuzzer } from './fuzzers.ts';
import type { Form } from './harness/play.ts';
import type { Outcome, Scenario } from './harness/scenario.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

/** A scenario and what became of it. */
export type Played = { readonly scenario: Scenario; readonly form: Form } & (
  | { readonly outcome: Outcome; readonly failures: readonly string[]; readonly seconds: number }
  | { readonly skipped: string }
);

const whole = (value: number): string => Math.round(value).toLocaleString('en');

const machine = (): string => {
  const [cpu] = cpus();
  return `${new Date().toISOString().slice(0, 10)}, ${cpu?.model.trim() ?? 'an unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
};

/** A part of the report, between the marks of its id. */
export interface Chapter {
  readonly id: string;
  readonly text: string;
}

/** What was asked of the city and what it did, as a table. */
export function chapterOf(played: Played): Chapter {
  return { id: played.scenario.id, text: render(played) };
}

function render(played: Played): string {
  const { scenario, form } = played;
  const head = [`### ${scenario.id}: ${scenario.title}`, '', `Must hold: ${scenario.promise}.`, ''];
  if ('skipped' in played) return [...head, `Not measured: ${played.skipped}.`, '', `${machine()}.`].join('\n');
  const { figures, recoveryMs, more = {} } = played.outcome;
  const { devices, rate } = scenario[form];
  const rows: readonly (readonly [string, string])[] = [
    ['messages sent', whole(figures.sent)],
    ['acknowledged', whole(figures.acknowledged)],
    ['**acknowledged and missing**', `**${whole(figures.missing)}**`],
    ['**stored twice**', `**${whole(figures.twice)}**`],
    ['stored as nobody sent it', whole(figures.foreign)],
    ['redeliveries recognised as such', whole(figures.duplicates)],
    ['ledger equations not exact', whole(figures.unbalanced)],
    ['latest values wrong', whole(figures.latestWrong)],
    ['device hours that differ from raw', whole(figures.hoursWrong)],
    [
      'missed by the resumed stream / repeated / gaps',
      [figures.streamMissed, figures.streamRepeated, figures.streamGaps].map(whole).join(' / '),
    ],
    ...(recoveryMs === undefined ? [] : [['longest recovery, ms', whole(recoveryMs)] as const]),
    ...Object.entries(more).map(([name, value]) => [name, typeof value === 'number' ? whole(value) : value] as const),
  ];
  const verdict =
    played.failures.length === 0
      ? scenario.losing
        ? 'The loss was found.'
        : 'Kept.'
      : `**Broken**: ${played.failures.join('; ')}.`;
  return [
    ...head,
    `${devices} devices, ${whole(rate)} messages/s, ${Math.round(played.seconds)} s${form === 'short' ? ', short form' : ''}. ${verdict}`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    `${machine()}.`,
  ].join('\n');
}

/** What a fuzzer did to the city, as a table. */
export function chapterOfFuzzing({ id, title, promise }: Fuzzer, { rows, failures }: Fuzzed, seconds: number): Chapter {
  const verdict = failures.length === 0 ? 'Kept.' : `**Broken**: ${failures.slice(0, 10).join('; ')}.`;
  const lines = rows.map(([name, value]) => `| ${name} | ${typeof value === 'number' ? whole(value) : value} |`);
  const head = [`### ${id}: ${title}`, '', `Must hold: ${promise}.`, '', `${Math.round(seconds)} s. ${verdict}`, ''];
  return { id, text: [...head, '| | |', '|---|---|', ...lines, '', `${machine()}.`].join('\n') };
}

/** Puts each chapter between its marks in docs/reliability.md, at the end where it has none yet; the others stay as they are. */
export async function writeReport(chapters: readonly Chapter[]): Promise<void> {
  let text = await readFile(DOCUMENT, 'utf8');
  for (const chapter of chapters) {
    const [begin, end] = [`<!-- faults ${chapter.id} -->`, `<!-- end of ${chapter.id} -->`];
    if (!text.includes(begin)) text = `${text.trimEnd()}\n\n${begin}\n${end}\n`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (to < from) throw new Error(`docs/reliability.md does not say where ${chapter.id} ends`);
    text = `${text.slice(0, from + begin.length)}\n${chapter.text}\n${text.slice(to)}`;
  }
  await writeFileAtomic(DOCUMENT, text);
}
