// Divides the text of a CSV file into its records. What they mean, Usher says: this is only to show them, and to send
// them in parts.

/** A record: the number of its first line, from 1, and its text with the end of the line. */
export interface CsvRecord {
  readonly line: number;
  readonly text: string;
}

/** A file: everything up to the header, and the records below it. */
export interface CsvText {
  readonly head: string;
  /** How many lines the head has. */
  readonly headLines: number;
  readonly records: readonly CsvRecord[];
  /** How many records below the header are blank. They are left out. */
  readonly blank: number;
}

const LINES = /[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g;
const SEPARATORS = new Set([",", ";", "\t", "|"]);
const BLANK = /^[\s,;|"]*$/;
// Lines above the header that spreadsheets and other systems write.
const PREFACE = /^"?(sep=|version:)/i;

/** Divide a text. A record that Usher cannot read, whose line is in `malformed`, ends with its line, as it does there. */
export function divided(text: string, malformed: ReadonlySet<number>): CsvText {
  const lines = text.replace(/^\uFEFF/, "").match(LINES) ?? [];
  const records: CsvRecord[] = [];
  const blank: number[] = [];
  for (let index = 0; index < lines.length; ) {
    const line = index + 1;
    let record = lines[index++] ?? "";
    while (!malformed.has(line) && isOpen(record) && index < lines.length) record += lines[index++] ?? "";
    if (BLANK.test(record)) blank.push(line);
    else records.push({ line, text: record });
  }
  const header = records.findIndex((record) => !PREFACE.test(record.text));
  const below = records.slice(header + 1);
  const start = records[header]?.line ?? 0;
  const headLines = (below[0]?.line ?? lines.length + 1) - 1;
  return { head: lines.slice(0, headLines).join(""), headLines, records: below, blank: blank.filter((line) => line > start).length };
}

/** Whether the last cell of this text has a quote that is not closed. */
function isOpen(text: string): boolean {
  let quoted = false;
  let begins = true;
  for (const character of text) {
    if (quoted) quoted = character !== '"'; // a doubled quote closes and opens again
    else if (character === '"' && begins) quoted = true;
    // After a quote that closed a cell, another one continues it.
    begins = !quoted && (SEPARATORS.has(character) || character === '"' || (begins && character === " "));
  }
  return quoted;
}

/** Return the records in parts of at most this size, each with the head, as Usher takes them. */
export function parts({ head, records }: CsvText, size: number): readonly { text: string; records: readonly CsvRecord[] }[] {
  const found = [];
  for (let start = 0; start < records.length; start += size) {
    const part = records.slice(start, start + size);
    found.push({ text: head + part.map(ended).join(""), records: part });
  }
  return found;
}

function ended({ text }: CsvRecord): string {
  return /[\r\n]$/.test(text) ? text : `${text}\n`;
}

/** Return one cell, so that no spreadsheet runs it. */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Return the separator of a header. */
export function separatorOf(head: string): string {
  const header = head.trimEnd().split(/[\r\n]/).at(-1) ?? "";
  const counts = [...SEPARATORS].map((one) => [one, header.split(one).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
