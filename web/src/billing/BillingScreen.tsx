import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { billingWords } from "../words/billing.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { billing } from "./routes.ts";
import { BillingTabs } from "./BillingTabs.tsx";
import { PoolsTable } from "./PoolsTable.tsx";

export const query = graphql`
  query BillingScreenQuery($team: ID!) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [ORDERS_READ]) {
        allowed
      }
      pools {
        ...PoolsTable_pools
      }
    }
  }
`;

/** Billing and Orders: the seats that the team has bought. It is a place of those who see prices. */
export default function BillingScreen({ data, params }: Screen<typeof billing>) {
  const shell = useWords(shellWords);
  const t = useWords(billingWords);
  const { team } = data;
  if (!team?.pools || !team.viewerCan.every(({ allowed }) => allowed)) return <NotFound />;
  return (
    <>
      <Title>{shell.billing}</Title>
      <BillingTabs team={params.team} current="billing" />
      <h2>{t.seats}</h2>
      {team.pools.length > 0 ? (
        <PoolsTable pools={team.pools} teamId={params.team} />
      ) : (
        <EmptyState title={t.noSeats} hint={t.noSeatsHint} />
      )}
    </>
  );
}
