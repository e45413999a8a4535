// What the viewer may do with an object, and why not. Buttons read it: `reasonOf(viewerCan, "MEMBERS_REMOVE")`.
import { graphql } from "relay-runtime";

/** An entry of `viewerCan`, as the fragment reads it. */
export interface Ability<A extends string = string> {
  readonly action: A;
  readonly allowed: boolean;
  readonly reason: string;
  readonly changes: readonly { readonly fact: string; readonly value: string }[];
}

/* eslint-disable relay/unused-fields -- `reasonOf` reads them */
// Spread with `@relay(mask: false)`. Two components that ask for different actions of one object need an alias each.
export const fragment = graphql`
  fragment abilities_ability on Ability {
    action
    allowed
    reason
    changes {
      fact
      value
    }
  }
`;
