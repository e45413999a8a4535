import { graphql, useFragment } from "react-relay";
import { subscription as subscriptionRoute } from "../contracts/routes.ts";
import { Section } from "../parts/Section.tsx";
import { billingWords } from "../words/billing.ts";
import { useWords } from "../words/words.ts";
import type { DueSection_invoices$data } from "./__generated__/DueSection_invoices.graphql";
import type { DueSection_subscriptions$data } from "./__generated__/DueSection_subscriptions.graphql";
import type { DueSection_team$data, DueSection_team$key } from "./__generated__/DueSection_team.graphql";
import { type Due, inOrder } from "./due.ts";
import { DueTable } from "./DueTable.tsx";
import { order as orderRoute } from "./routes.ts";

export const INVOICES = graphql`
  fragment DueSection_invoices on InvoiceConnection {
    totalCount
    nodes {
      id
      number
      dueOn
      owed {
        ...money_money @relay(mask: false)
      }
      order {
        id
      }
    }
  }
`;

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
    overdue: invoices(status: OVERDUE, first: 100) {
      ...DueSection_invoices @relay(mask: false)
    }
    open: invoices(status: OPEN, first: 100) {
      ...DueSection_invoices @relay(mask: false)
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
  const rows = dueOf(team);
  const overdue = team.overdue?.totalCount ?? 0;
  return (
    <Section title={t.due}>
      {overdue > 0 && <p className="problem">{t.overduePayments(overdue)}</p>}
      {rows.length > 0 ? <DueTable rows={rows} /> : <p className="quiet">{t.nothingDue}</p>}
      {missingOf(team) > 0 && <p className="quiet">{t.notShown(missingOf(team))}</p>}
    </Section>
  );
}

type Invoices = Omit<DueSection_invoices$data, " $fragmentType">;
type Subscriptions = Omit<DueSection_subscriptions$data, " $fragmentType">;

function dueOf({ id: team, overdue, open, expiring, expired, suspended }: DueSection_team$data): readonly Due[] {
  const payments = (list: Invoices | null, kind: Due["kind"]) =>
    (list?.nodes ?? []).map(({ id, number, dueOn, owed, order }) => ({
      ...{ key: id, kind, day: dueOn, name: number, amount: owed },
      href: order && orderRoute.href({ team, order: order.id }),
    }));
  const ends = (list: Subscriptions | null, kindOf: (row: Subscriptions["nodes"][number]) => Due["kind"]) =>
    (list?.nodes ?? []).map((row) => ({
      ...{ key: row.id, kind: kindOf(row), name: row.product.name, amount: null },
      // Of what has ended, the last day on which it can be renewed before people lose their seats is told.
      day: kindOf(row) === "lastChance" ? row.heldUntil : row.endsOn,
      href: subscriptionRoute.href({ team, subscription: row.id }),
    }));
  return inOrder([
    ...payments(overdue, "overdue"),
    ...payments(open, "payment"),
    ...ends(expired, () => "lastChance"),
    ...ends(suspended, () => "lastChance"),
    ...ends(expiring, ({ autoRenew }) => (autoRenew ? "renewal" : "expiry")),
  ]);
}

/** How many rows are left out, because a list has more than a page. */
function missingOf({ overdue, open, expiring, expired, suspended }: DueSection_team$data): number {
  const lists = [overdue, open, expiring, expired, suspended];
  return lists.reduce((sum, list) => sum + (list ? list.totalCount - list.nodes.length : 0), 0);
}
