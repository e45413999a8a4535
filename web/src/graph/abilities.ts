// What the viewer may do with an object, and why not. Buttons read it: `reasonOf(viewerCan, "MEMBERS_REMOVE")`.
import { graphql } from "relay-runtime";

/* eslint-disable relay/unused-fields -- `reasonOf` reads them */
// Spread with `@relay(mask: false)`. Two components that ask for different actions of one object need an alias each.
export const fragment = graphql`
  fragment abilities_ability on Ability {
    action
    allowed
    reason
  }
`;
