import { graphql, useFragment } from "react-relay";
import { subscription as subscriptionRoute } from "../contracts/routes.ts";
import { Section } from "../parts/Section.tsx";
import { billingWords } from "../words/billing.ts";
import { useWords } from "../words/words.ts";
import type { DueSection_subscriptions$data } from "./__generated__/DueSection_subscriptions.graphql";
import type { DueSection_team$data, DueSection_team$key } from "./__generated__/DueSection_team.graphql";
import { type Due, inOrder } from "./due.ts";
import { DueTable } from "./DueTable.tsx";
import { order as orderRoute } from "./routes.ts";

export const SUBSCRIPTIONS = graphql`
  fragment DueSection_subscriptions on SubscriptionConnection {
    totalCount
    nodes {
      id
      endsOn
      heldUntil
      autoRenew
      product {
        name
      }
    }
  }
`;

const TEAM = graphql`
  fragment DueSection_team on Team {
    id
    upcomingPayments {
      dueOn
      overdue
      amount {
        ...money_money @relay(mask: false)
      }
      invoice {
        id
        number
        order {
          id
        }
      }
      subscription {
        id
        team {
          id
        }
        product {
          name
        }
      }
    }
    expiring: subscriptions(status: EXPIRING, first: 100) {
      ...DueSection_subscriptions @relay(mask: false)
    }
    expired: subscriptions(status: EXPIRED, first: 100) {
      ...DueSection_subscriptions @relay(mask: false)
    }
    suspended: subscriptions(status: SUSPENDED, first: 100) {
      ...DueSection_subscriptions @relay(mask: false)
    }
  }
`;

/** The payments and the ends of subscriptions in the next 90 days, and what is late already. */
export function DueSection({ team: of }: { readonly team: DueSection_team$key }) {
  const t = useWords(billingWords);
  const team = useFragment(TEAM, of);
  const rows = dueOf(team, t.renewalOf);
  const missing = missingOf(team);
  return (
    <Section title={t.due}>
      {team.upcomingPayments === null && <p className="problem">{t.dueFailed}</p>}
      {rows.length > 0 ? <DueTable rows={rows} /> : <p className="quiet">{t.nothingDue}</p>}
      {missing > 0 && <p className="quiet">{t.notShown(missing)}</p>}
    </Section>
  );
}

type Payment = NonNullable<DueSection_team$data["upcomingPayments"]>[number];
type Subscriptions = Omit<DueSection_subscriptions$data, " $fragmentType">;

function dueOf(team: DueSection_team$data, renewalOf: (product: string) => string): readonly Due[] {
  const { id, upcomingPayments, expiring, expired, suspended } = team;
  const ended = [...(expired?.nodes ?? []), ...(suspended?.nodes ?? [])];
  const ending = (expiring?.nodes ?? []).filter(({ autoRenew }) => !autoRenew); // others are payments
  return inOrder([
    ...(upcomingPayments ?? []).map((payment) => paymentOf(id, payment, renewalOf)),
    // The last day on which it can be renewed before people lose their seats.
    ...ended.map((row) => endOf(id, row, "lastChance", row.heldUntil)),
    ...ending.map((row) => endOf(id, row, "expiry", row.endsOn)),
  ]);
}

function paymentOf(team: string, payment: Payment, renewalOf: (product: string) => string): Due {
  const { dueOn: day, amount, overdue, invoice, subscription } = payment;
  if (invoice) {
    const href = invoice.order && orderRoute.href({ team, order: invoice.order.id });
    return { key: invoice.id, kind: overdue ? "overdue" : "payment", day, name: invoice.number, href, amount };
  }
  const key = `${subscription?.id ?? ""} ${day}`;
  const href = subscription && subscriptionRoute.href({ team: subscription.team.id, subscription: subscription.id });
  return { key, kind: "renewal", day, name: renewalOf(subscription?.product.name ?? "…"), href, amount };
}

function endOf(team: string, row: Subscriptions["nodes"][number], kind: Due["kind"], day: string): Due {
  const href = subscriptionRoute.href({ team, subscription: row.id });
  return { key: row.id, kind, day, name: row.product.name, href, amount: null };
}

/** How many subscriptions are left out, because a list has more than a page. */
function missingOf({ expiring, expired, suspended }: DueSection_team$data): number {
  const lists = [expiring, expired, suspended];
  return lists.reduce((sum, list) => sum + (list ? list.totalCount - list.nodes.length : 0), 0);
}
