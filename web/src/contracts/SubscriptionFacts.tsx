import { graphql, useFragment } from "react-relay";
import { reasonOf } from "../parts/Button.tsx";
import { Copyable } from "../parts/Copyable.tsx";
import { Day } from "../parts/Day.tsx";
import { Facts } from "../parts/Facts.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { SubscriptionFacts_subscription$key } from "./__generated__/SubscriptionFacts_subscription.graphql";
import { StatusBadge } from "./StatusBadge.tsx";

const SUBSCRIPTION = graphql`
  fragment SubscriptionFacts_subscription on Subscription {
    id
    status
    startsOn
    endsOn
    heldUntil
    autoRenew
    months
    seats
    assignedSeats
    contract {
      number
    }
    unitPrice {
      ...money_money @relay(mask: false)
    }
    pricing: viewerCan(actions: [ORDERS_READ]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

/** What a subscription is today. A price that the viewer may not see is shown as hidden, with the reason. */
export function SubscriptionFacts({ subscription: of }: { readonly subscription: SubscriptionFacts_subscription$key }) {
  const t = useWords(contractsWords);
  const { money } = useFormats();
  const { id, status, unitPrice, pricing, ...shown } = useFragment(SUBSCRIPTION, of);
  return (
    <Facts
      facts={[
        [t.status, <StatusBadge key="status" status={status} />],
        [t.seatsInUse, t.of(shown.assignedSeats, shown.seats)],
        [t.startsOn, <Day key="starts" at={shown.startsOn} />],
        [t.endsOn, <Day key="ends" at={shown.endsOn} />],
        [t.heldUntil, <Day key="held" at={shown.heldUntil} />],
        [t.renews, shown.autoRenew ? t.renewsFor(shown.months) : t.no],
        [t.unitPrice, unitPrice ? money(unitPrice) : t.hidden(reasonOf(pricing, "ORDERS_READ") ?? "")],
        [t.contractNumber, shown.contract.number],
        [t.subscriptionId, <Copyable key="id" value={id} what={t.subscriptionId} />],
      ]}
    />
  );
}
