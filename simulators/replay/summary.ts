import { instant } from '../../model/observation.ts';
import { SKIP_REASONS, type SkipReason } from './mapping.ts';

/** What became of the rows of a file. */
export interface Summary {
  readonly file: string;
  readonly devices: number;
  readonly registered: number;
  readonly rows: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Readings that were not sent any more, because the city had stopped answering. */
  readonly unsent: number;
  readonly messages: number;
  /** Rows that were not sent, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** Cells without a value in rows that had others. */
  readonly missingValues: number;
  /** Rows whose local time came twice. */
  readonly ambiguousTimes: number;
  /** Ms added to every time. */
  readonly shift: number;
  /** Oldest and newest time sent, RFC 3339. */
  readonly from: string | null;
  readonly to: string | null;
  readonly seconds: number;
  /** Notices on the `rejected` topics, by reason: acknowledged and then quarantined. Those seen until the end. */
  readonly rejected: Readonly<Record<string, number>>;
  /** The first few reasons why something was not acknowledged. */
  readonly errors: readonly string[];
}

/** Whether everything that was to be sent was acknowledged, and there was something. */
export const complete = (summary: Summary): boolean =>
  summary.sent > 0 && summary.acknowledged === summary.sent && summary.failed === 0 && summary.unsent === 0;

export const spanOf = (oldest: number, newest: number) =>
  Number.isFinite(oldest) ? { from: instant(oldest), to: instant(newest) } : { from: null, to: null };

/** The summary for people. */
export function summaryText(summary: Summary): string {
  const rate = summary.seconds > 0 ? Math.round(summary.acknowledged / summary.seconds) : summary.acknowledged;
  const lines = [
    `rows          ${summary.rows}`,
    `devices       ${summary.devices}, of which ${summary.registered} newly registered`,
    `sent          ${summary.sent} readings in ${summary.messages} messages`,
    `acknowledged  ${summary.acknowledged} (${rate}/s)`,
  ];
  if (summary.from && summary.to) lines.push(`times         ${summary.from} to ${summary.to}`);
  if (summary.shift !== 0) lines.push(`shifted       every time by ${summary.shift / 3_600_000} h`);
  if (summary.ambiguousTimes > 0)
    lines.push(`ambiguous     ${summary.ambiguousTimes} rows with a local time that came twice`);
  if (summary.missingValues > 0)
    lines.push(`no value      in ${summary.missingValues} cells of rows with other values`);
  for (const [reason, count] of Object.entries(summary.skipped))
    lines.push(`skipped       ${count}: ${meaning(reason)}`);
  for (const [reason, count] of Object.entries(summary.rejected)) lines.push(`quarantined   ${count}: ${reason}`);
  if (summary.failed > 0)
    lines.push(`NOT acknowledged ${summary.failed}`, ...summary.errors.map((error) => `  ${error}`));
  if (summary.unsent > 0) lines.push(`NOT sent      ${summary.unsent}: the city stopped answering`);
  if (summary.sent === 0) lines.push('nothing was sent: check the mapping with --dry-run');
  return lines.join('\n');
}

const reasons: Readonly<Record<string, string>> = SKIP_REASONS;
const meaning = (reason: string) => `${reason} (${reasons[reason] ?? ''})`;
