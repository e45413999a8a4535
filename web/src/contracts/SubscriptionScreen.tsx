import { graphql } from "react-relay";
import { Title } from "../parts/Title.tsx";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import { contracts, type subscription as subscriptionRoute } from "./routes.ts";
import { ScheduledSection } from "./ScheduledSection.tsx";
import { SeatChangesTable } from "./SeatChangesTable.tsx";
import { SubscriptionFacts } from "./SubscriptionFacts.tsx";
import { TermsTable } from "./TermsTable.tsx";

export const query = graphql`
  query SubscriptionScreenQuery($subscription: ID!) @preloadable {
    ...Shell_query
    node(id: $subscription) {
      ... on Subscription @alias(as: "subscription") {
        team {
          id
        }
        product {
          name
        }
        ...SubscriptionFacts_subscription
        ...ScheduledSection_subscription
        ...TermsTable_subscription
        ...SeatChangesTable_subscription
      }
    }
  }
`;

/** One subscription: what it gives now, what is scheduled, and how it came about. */
export default function SubscriptionScreen({ data, params }: Screen<typeof subscriptionRoute>) {
  const t = useWords(contractsWords);
  const shown = data.node?.subscription;
  if (shown?.team.id !== params.team) return <NotFound />;
  return (
    <>
      <p>
        <Link href={contracts.href({ team: params.team })}>{t.allContracts}</Link>
      </p>
      <Title>{shown.product.name}</Title>
      <SubscriptionFacts subscription={shown} />
      <ScheduledSection subscription={shown} />
      <TermsTable subscription={shown} />
      <SeatChangesTable subscription={shown} />
    </>
  );
}
