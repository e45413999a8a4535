// What an import says about each row of a file.
import type { importingMutation, Reason } from "./__generated__/importingMutation.graphql";
import { cell, type CsvText, separatorOf } from "./csv.ts";

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
  return records.map(({ line, text }) => {
    const own = byLine.get(line) ?? [];
    return { line, text: text.trimEnd(), verdict: verdictOf(own), problems: own };
  });
}

/** Return what is wrong with a file as a whole, or with its header. */
export function ofTheFile({ headLines }: CsvText, problems: readonly ImportProblem[]): readonly ImportProblem[] {
  return problems.filter(({ line }) => line === null || line <= headLines);
}

/** Return the lines of the records that Usher could not read. */
export function malformed(problems: readonly ImportProblem[]): ReadonlySet<number> {
  return new Set(problems.flatMap(({ line, reason }) => (reason === "MALFORMED" && line !== null ? [line] : [])));
}

/** Return a file of the rows that were rejected, as they were, with a column that says why. */
export function rejectsOf({ head }: CsvText, rows: readonly Row[], title: string, why: (row: Row) => string): string {
  const separator = separatorOf(head);
  const lines = rows
    .filter(({ verdict }) => verdict === "rejected")
    .map((row) => `${row.text}${separator}${cell(why(row))}`);
  return `\uFEFF${[`${head.trimEnd()}${separator}${cell(title)}`, ...lines].join("\r\n")}\r\n`;
}
