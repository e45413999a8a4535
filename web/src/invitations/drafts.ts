// The people who are entered by hand, before they are invited.
import type { Problem, ProblemCode } from "../graph/problems.ts";

/** A person who is to be invited. */
export interface Draft {
  readonly key: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

/** What is left after an invitation. */
export interface LeftOver {
  /** The people who were not invited. */
  readonly drafts: readonly Draft[];
  /** What is wrong with them, at the fields of the form as it is now. */
  readonly problems: readonly Problem[];
  /** What else there is to know, by the rows that were sent. */
  readonly others: readonly Problem[];
}

// These people are invited, but without a seat of their group.
const INVITED: ReadonlySet<ProblemCode> = new Set<ProblemCode>(["NO_SEAT_LEFT"]);
let last = 0;

/** Return a person without a name yet. */
export function emptyDraft(): Draft {
  last += 1;
  return { key: String(last), firstName: "", lastName: "", email: "" };
}

/** Return what is left of these people, after Usher has invited those who have no error. */
export function leftOver(sent: readonly Draft[], errors: readonly Problem[]): LeftOver {
  const stops = ({ isInformation, code }: Problem) => !isInformation && !INVITED.has(code);
  const stopping = errors.filter(stops);
  const whole = stopping.some(({ row }) => row === null);
  const rows = sent.flatMap((_, row) => (whole || stopping.some((problem) => problem.row === row) ? [row] : []));
  return {
    drafts: rows.flatMap((row) => sent.slice(row, row + 1)),
    problems: stopping.map((problem) => atField(problem, rows)),
    others: errors.filter((problem) => !stops(problem)),
  };
}

/** In the graph, `row` says which person it is. In the form, the name of the field does. */
function atField(problem: Problem, rows: readonly number[]): Problem {
  if (problem.row === null) return problem;
  const [list = "people", field = "email"] = problem.field;
  return { ...problem, field: [list, String(rows.indexOf(problem.row)), field] };
}
