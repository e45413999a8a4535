import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords, withWords } from "../words/words.ts";
import { AmendSection } from "./AmendSection.tsx";
import { contracts, subscription as subscriptionRoute } from "./routes.ts";
import { ScheduledSection } from "./ScheduledSection.tsx";
import { SeatChangesTable } from "./SeatChangesTable.tsx";
import { SubscriptionFacts } from "./SubscriptionFacts.tsx";
import { TermsTable } from "./TermsTable.tsx";

// Loaded when one opens, so that the screen is there sooner.
const SubscriptionDialogs = lazy(() => withWords(() => import("./SubscriptionDialogs.tsx")));

export const query = graphql`
  query SubscriptionScreenQuery($subscription: ID!) @preloadable {
    ...Shell_query
    node(id: $subscription) {
      ... on Subscription @alias(as: "subscription") {
        team {
          id
        }
        contract {
          homeTeam {
            id
          }
        }
        product {
          name
        }
        ...SubscriptionFacts_subscription
        ...AmendSection_subscription
        ...ScheduledSection_subscription
        ...SubscriptionDialogs_subscription
        ...TermsTable_subscription
        ...SeatChangesTable_subscription
      }
    }
  }
`;

/** One subscription, under its own team or the home team of its contract: what it gives now, what is scheduled, and how it came about. */
export default function SubscriptionScreen({ data, params, search }: Screen<typeof subscriptionRoute>) {
  const t = useWords(contractsWords);
  const change = changeSearch(subscriptionRoute, params);
  const shown = data.node?.subscription;
  const teams = [shown?.team.id, shown?.contract.homeTeam?.id];
  if (!shown || !teams.includes(params.team)) return <NotFound />;
  return (
    <>
      <p>
        <Link href={contracts.href({ team: params.team })}>{t.allContracts}</Link>
      </p>
      <Title>{shown.product.name}</Title>
      <SubscriptionFacts subscription={shown} />
      <AmendSection subscription={shown} onOpen={(dialog) => change({ dialog })} />
      <ScheduledSection subscription={shown} onCancel={() => change({ dialog: "cancel" })} />
      <TermsTable subscription={shown} />
      <SeatChangesTable subscription={shown} />
      {search.dialog && (
        <Suspense>
          <SubscriptionDialogs
            subscription={shown}
            dialog={search.dialog}
            onClose={() => change({ dialog: null }, { replace: true })}
          />
        </Suspense>
      )}
    </>
  );
}
