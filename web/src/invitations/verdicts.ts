// What an import says about each row of a file.
import type { importingMutation, Reason } from "./__generated__/importingMutation.graphql";
import { type CsvText, divided, written } from "./csv.ts";

/** Why something about a row is worth knowing. */
export type ImportReason = Reason;

/** One thing to know about a file. */
export type ImportProblem = NonNullable<importingMutation["response"]["importMembers"]>["problems"][number];

/** What happens to a row. */
export type Verdict = "invited" | "skipped" | "rejected";

/** A row, and what happens to it. */
export interface Row {
  readonly line: number;
  readonly text: string;
  /** Its cells, or null if its quotes do not match. */
  readonly cells: readonly string[] | null;
  readonly verdict: Verdict;
  readonly problems: readonly ImportProblem[];
}

const SKIPS: ReadonlySet<Reason> = new Set<Reason>(["ALREADY_MEMBER", "REMOVED_BEFORE"]);
// The person is invited all the same.
const WITHOUT_SEAT: Reason = "NO_SEAT_LEFT";

function verdictOf(problems: readonly ImportProblem[]): Verdict {
  if (problems.some(({ isInformation, reason }) => !isInformation && reason !== WITHOUT_SEAT)) return "rejected";
  return problems.some(({ reason }) => SKIPS.has(reason)) ? "skipped" : "invited";
}

/** Return the rows of a file with their verdicts. */
export function rowsOf({ records }: CsvText, problems: readonly ImportProblem[]): readonly Row[] {
  const byLine = Map.groupBy(problems, ({ line }) => line);
  return records.map(({ line, text, cells }) => {
    const own = byLine.get(line) ?? [];
    return { line, text, cells, verdict: verdictOf(own), problems: own };
  });
}

/** Return what is wrong with a file as a whole, or with its header. */
export function ofTheFile({ headLines }: CsvText, problems: readonly ImportProblem[]): readonly ImportProblem[] {
  return problems.filter(({ line }) => line === null || line <= headLines);
}

/** Return a text, of which Usher has read this many rows, divided as Usher did it; null if that is not known. */
export function dividedAs(text: string, rows: number, problems: readonly ImportProblem[]): CsvText | null {
  for (const csv of divided(text)) {
    const lines = new Set(csv.records.map(({ line }) => line));
    const isKnown = ({ line }: ImportProblem) => line === null || line <= csv.headLines || lines.has(line);
    if (csv.records.length === rows && problems.every(isKnown)) return csv;
  }
  return null;
}

/** Return a file of the rows that were rejected, with a column that says why. One with wrong quotes is in one cell. */
export function rejectsOf(csv: CsvText, rows: readonly Row[], title: string, why: (row: Row) => string): string {
  const { header, preface, separator } = csv;
  const line = (cells: readonly string[], last: string) =>
    written([...cells, ...header.slice(cells.length).map(() => ""), last], separator);
  const lines = rows
    .filter(({ verdict }) => verdict === "rejected")
    .map((row) => line(row.cells ?? [row.text], why(row)));
  return `\uFEFF${[...preface, line(header, title), ...lines].join("\r\n")}\r\n`;
}
