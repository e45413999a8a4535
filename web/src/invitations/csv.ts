// Divides the text of a CSV file into its records by the same rules as Usher, which decides what they mean: this is
// only to show them, to send them in parts, and to write down those that are to be corrected.

/** A record: the number of its first line, from 1, and what is in the file. */
export interface CsvRecord {
  readonly line: number;
  readonly text: string;
  /** Its cells, or null if its quotes do not match. */
  readonly cells: readonly string[] | null;
  /** The record with the blank lines below it. */
  readonly whole: string;
}

/** A file: everything up to the header, and the records below it. */
export interface CsvText {
  readonly head: string;
  /** How many lines the head has. */
  readonly headLines: number;
  readonly header: readonly string[];
  /** A line that names the separator, if the file has one. */
  readonly preface: readonly string[];
  readonly separator: string;
  readonly records: readonly CsvRecord[];
  /** How many records below the header are blank. They are left out. */
  readonly blank: number;
}

/** Some records of a file, as a file of their own. */
export interface Part {
  readonly text: string;
  /** In which line of the whole file its first record begins. */
  readonly line: number;
}

interface Place {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly cells: readonly string[] | null;
}

// The most lines that one record may span, so that an open quote does not hide the rest of the file.
const MAX_LINES = 20;
const SEPARATORS = [",", ";", "\t", "|"] as const;
const LINE_END = /\r\n?|\n/g;
const EMPTY = /^[^\S\uFEFF]*$/;
// Lines above the header that spreadsheets and other systems write.
const SEP = /^[^\S\r\n]*"?sep=([^\p{L}\p{N}_\r\n"'])"?[^\p{L}\p{N}_\r\n]*(?=[\r\n]|$)/iu;
const VERSION = /^\s*"?version:v[\d.]{1,20}[^\p{L}\p{N}_\r\n]*(?=[\r\n]|$)/iu;
// What a spreadsheet may run.
const FORMULA = /^[\s']*[=+\-@＝＋－＠]/;

/** Divide a text by each separator, the likeliest first. Which one is right, Usher knows. */
export function* divided(text: string): Generator<CsvText, void> {
  const named = SEP.exec(text)?.[1];
  // The same length, so that each place is the same in both.
  const below = [SEP, VERSION].reduce((now, line) => now.replace(line, blanked), text);
  const separators = [...new Set(named === undefined ? SEPARATORS : [named, ...SEPARATORS])];
  const ends = [...below.matchAll(LINE_END)].map((end) => end.index + end[0].length);
  if ((ends.at(-1) ?? 0) < text.length) ends.push(text.length);
  const widths = separators.map((separator) => ({ separator, width: widthOf(below, ends, separator) }));
  for (const { separator } of widths.sort((one, other) => other.width - one.width)) {
    const preface = named === undefined ? [] : [`sep=${separator}`];
    yield { ...file(text, [...places(below, ends, separator)]), separator, preface };
  }
}

/** Return the records in parts of at most this size, each with the head, as Usher takes them. */
export function parts({ head, records }: CsvText, size: number): readonly Part[] {
  const found = [];
  for (let start = 0; start < records.length; start += size) {
    const part = records.slice(start, start + size);
    // With its blank lines, so that it is read as in the whole file.
    found.push({ text: head + part.map(({ whole }) => whole).join(""), line: part[0]?.line ?? 0 });
  }
  return found;
}

/** Return a line of a file, of which no spreadsheet runs a cell. */
export function written(cells: readonly string[], separator: string): string {
  return cells.map((cell) => `"${escaped(cell.trim()).replaceAll('"', '""')}"`).join(separator);
}

/** An apostrophe prevents it. Usher removes it again. */
function escaped(cell: string): string {
  return FORMULA.test(cell) && !cell.startsWith("'") ? `'${cell}` : cell;
}

function blanked(text: string): string {
  return text.replaceAll(/[^\r\n]/g, " ");
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => EMPTY.test(cell));
}

/** Return how many columns the header has. */
function widthOf(text: string, ends: readonly number[], separator: string): number {
  for (const { cells } of places(text, ends, separator)) {
    if (cells === null || !isBlank(cells)) return cells?.filter((cell) => !EMPTY.test(cell)).length ?? 0;
  }
  return 0;
}

function file(text: string, all: readonly Place[]): Omit<CsvText, "separator" | "preface"> {
  const [top, ...below] = all.filter(({ cells }) => cells === null || !isBlank(cells));
  const start = below[0]?.start ?? text.length;
  return {
    head: text.slice(0, start),
    headLines: (below[0]?.line ?? Infinity) - 1,
    header: top?.cells ?? [],
    records: below.map(({ line, start: from, end, cells }, index) => ({
      line,
      text: text.slice(from, end).trimEnd(),
      cells,
      whole: text.slice(from, below[index + 1]?.start ?? text.length),
    })),
    blank: all.filter(({ line }) => top && line > top.line).length - below.length,
  };
}

/** Yields each record, with the blank ones. One that cannot be read ends with its line. */
function* places(text: string, ends: readonly number[], separator: string): Generator<Place> {
  for (let index = 0, start = 0; start < text.length; ) {
    const limit = ends[Math.min(index + MAX_LINES, ends.length) - 1] ?? text.length;
    const record = cellsOf(text.slice(start, limit), separator);
    const line = index + 1;
    const last = start + (record?.end ?? 0);
    do index += 1;
    while ((ends[index - 1] ?? Infinity) <= last);
    const end = ends[index - 1] ?? text.length;
    yield { line, start, end, cells: record?.cells ?? null };
    start = end;
  }
}

/** Return the cells of the record with which this text begins, and where it ends; null if its quotes do not match. */
function cellsOf(text: string, separator: string): { readonly cells: readonly string[]; readonly end: number } | null {
  const cells: string[] = [];
  for (let at = 0; ; at += separator.length) {
    const from = behindBlanks(text, at, separator);
    const quoted = text[from] === '"' ? endOfQuotes(text, from) : null;
    if (quoted === -1) return null;
    const end = quoted === null ? endOfPlain(text, from, separator) : behindBlanks(text, quoted, separator);
    cells.push(quoted === null ? text.slice(at, end) : text.slice(from + 1, quoted - 1).replaceAll('""', '"'));
    at = end;
    if (!text.startsWith(separator, at)) return at === text.length || isEnd(text, at) ? { cells, end: at } : null;
  }
}

function isEnd(text: string, at: number): boolean {
  return text[at] === "\n" || text[at] === "\r";
}

function behindBlanks(text: string, at: number, separator: string): number {
  while (at < text.length && EMPTY.test(text[at] ?? "") && !isEnd(text, at) && !text.startsWith(separator, at)) at += 1;
  return at;
}

function endOfPlain(text: string, at: number, separator: string): number {
  while (at < text.length && !isEnd(text, at) && !text.startsWith(separator, at)) at += 1;
  return at;
}

/** Return the place behind the quote that ends a cell, or -1. A doubled one does not. */
function endOfQuotes(text: string, at: number): number {
  let quote = text.indexOf('"', at + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote + 1 || -1;
}
