import { graphql } from "react-relay";
import type { ImportProblem } from "./verdicts.ts";

/** What a person chooses for all rows of a file. */
export interface ImportOptions {
  readonly teamId: string;
  readonly productId: string | null;
  readonly inviteRemoved: boolean;
  readonly mode: "BEST_EFFORT" | "WAITLIST";
}

/** Invites the people in a file, or tries it. */
export const IMPORT = graphql`
  mutation importingMutation($input: ImportMembersInput!) {
    importMembers(input: $input) {
      rows
      imported
      skipped
      rejected
      seats
      waiting
      problems {
        line
        column
        reason
        isInformation
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** What became of the rows that were sent. */
export interface Counts {
  readonly imported: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly seats: number;
  readonly waiting: number;
}

/** Before anything was sent. */
export const NOTHING: Counts = { imported: 0, skipped: 0, rejected: 0, seats: 0, waiting: 0 };

/** Return the sum. */
export function plus(one: Counts, other: Counts): Counts {
  return {
    imported: one.imported + other.imported,
    skipped: one.skipped + other.skipped,
    rejected: one.rejected + other.rejected,
    seats: one.seats + other.seats,
    waiting: one.waiting + other.waiting,
  };
}

/** Return the problems of a part of a file, whose first record begins in this line, with the lines of the file. */
export function inTheFile(
  problems: readonly ImportProblem[],
  headLines: number,
  first: number,
): readonly ImportProblem[] {
  const above = first - headLines - 1;
  return problems.map((problem) => ({
    ...problem,
    line: problem.line === null || problem.line <= headLines ? problem.line : problem.line + above,
  }));
}
