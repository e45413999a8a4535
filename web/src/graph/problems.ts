// The errors that a mutation can answer with as data. Every mutation selects them with `...problems_error`.
import { graphql } from "relay-runtime";
import type { problems_error$data } from "./__generated__/problems_error.graphql";

/* eslint-disable relay/unused-fields -- the readers of the payloads are in other files */
// Spread with `@relay(mask: false)`, so that the helper for mutations can read it in every payload.
export const fragment = graphql`
  fragment problems_error on UserError {
    code
    field
    row
    userId
    productId
    retryAfter
    count
    isInformation
  }
`;

/** One entry of `errors` in a payload. */
export type Problem = Omit<problems_error$data, " $fragmentType">;

/** Return those of the errors that stopped something. The others only tell what the person may want to know. */
export function stopping<P extends Pick<Problem, "isInformation">>(errors: readonly P[]): readonly P[] {
  return errors.filter(({ isInformation }) => !isInformation);
}

/** Whether a change was made, and nothing of it stopped. */
export function wasMade<P extends { readonly errors: readonly Pick<Problem, "isInformation">[] }>(
  payload: P | null,
): payload is P {
  return payload !== null && stopping(payload.errors).length === 0;
}

/** The code of an entry of `errors`. */
export type ProblemCode = Problem["code"];
