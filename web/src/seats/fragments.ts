// What `SeatButton` and `useSeatChange` need of a pool and of a seat. They are spread with `@relay(mask: false)`.
import { graphql } from "relay-runtime";

/* eslint-disable relay/unused-fields -- the readers are in other files */
export const pool = graphql`
  fragment fragments_pool on Pool {
    id
    assigned
    available
    product {
      id
      name
    }
  }
`;

/** A seat in a list. A seat that was assigned just now is shown with the same fields. */
export const seat = graphql`
  fragment fragments_seat on Seat {
    id
    product {
      id
      name
    }
    sources {
      kind
    }
    ...SeatSources_seat
    ...SeatUse_seat
  }
`;
