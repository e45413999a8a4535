// What components need that also show answers beside the store of the page. These fragments are spread with `@relay(mask: false)`.
import { graphql } from "relay-runtime";
import type { fragments_amended$data } from "./__generated__/fragments_amended.graphql";
import type { fragments_change$data } from "./__generated__/fragments_change.graphql";
import type { fragments_order$data } from "./__generated__/fragments_order.graphql";
import type { fragments_subscription$data } from "./__generated__/fragments_subscription.graphql";

/* eslint-disable relay/unused-fields -- the readers are in other files */
/** What `SubscriptionsTable` shows. Further pages of a list are read beside the store. */
export const subscription = graphql`
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

/** Who would lose their seat. A dry run answers beside the store of the page, too. */
export const change = graphql`
  fragment fragments_change on ScheduledChange {
    seats
    effectiveOn
    lostSeats {
      id
      team {
        id
      }
      holder {
        name
        memberships(first: 20) {
          nodes {
            id
            team {
              id
            }
          }
        }
      }
    }
  }
`;

/** A change of seats that is scheduled. */
export type Scheduled = Omit<fragments_change$data, " $fragmentType">;

/** What an amendment costs. */
export const order = graphql`
  fragment fragments_order on Order {
    tax {
      ...money_money @relay(mask: false)
    }
    total {
      ...money_money @relay(mask: false)
    }
  }
`;

/** The order of an amendment. */
export type Ordered = Omit<fragments_order$data, " $fragmentType">;

/** What an amendment makes of a subscription. */
export const amended = graphql`
  fragment fragments_amended on Subscription {
    seats
    endsOn
    scheduledChange {
      ...fragments_change @relay(mask: false)
    }
  }
`;

/** An amended subscription. */
export type Amended = Omit<fragments_amended$data, " $fragmentType">;
