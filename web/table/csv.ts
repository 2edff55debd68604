/** What a cell of a file holds. */
export type CsvValue = string | number | boolean | null;

/** Where a spreadsheet would take a text for a formula (OWASP: CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as RFC 4180 has them, in UTF-8 with the mark that spreadsheets need to read Vietnamese. */
export function csvOf(rows: Iterable<readonly CsvValue[]>): string {
  return `\uFEFF${[...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')}`;
}
