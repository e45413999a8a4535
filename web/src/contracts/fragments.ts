// What `SubscriptionsTable` needs of a subscription. It is spread with `@relay(mask: false)`, because the further pages of
// a list are read beside the store of the page.
import { graphql } from "relay-runtime";
import type { fragments_subscription$data } from "./__generated__/fragments_subscription.graphql";

/* eslint-disable relay/unused-fields -- the reader is in another file */
export const fragment = graphql`
  fragment fragments_subscription on Subscription {
    id
    status
    startsOn
    endsOn
    autoRenew
    seats
    assignedSeats
    product {
      name
    }
    team {
      id
      name
    }
    unitPrice {
      ...money_money @relay(mask: false)
    }
  }
`;

/** A subscription in a list. */
export type ListedSubscription = Omit<fragments_subscription$data, " $fragmentType">;
