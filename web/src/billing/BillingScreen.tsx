import { graphql } from "react-relay";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Section } from "../parts/Section.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { billingWords } from "../words/billing.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { BillingTabs } from "./BillingTabs.tsx";
import { DueSection } from "./DueSection.tsx";
import { OverdueAlert } from "./OverdueAlert.tsx";
import { PoolsTable } from "./PoolsTable.tsx";
import type { billing } from "./routes.ts";
import { SpendSection } from "./SpendSection.tsx";

export const query = graphql`
  query BillingScreenQuery($team: ID!) @preloadable {
    ...Shell_query
    team(id: $team) {
      ...OverdueAlert_team
      ...DueSection_team
      spend {
        ...SpendSection_spend
      }
      pools {
        ...PoolsTable_pools
      }
    }
  }
`;

/** Billing and Orders: what is due, what was spent, and the seats that the team has. For those who see prices. */
export default function BillingScreen({ data, params }: Screen<typeof billing>) {
  const shell = useWords(shellWords);
  const t = useWords(billingWords);
  const { team } = data;
  if (!team?.spend || !team.pools) return <NotFound />;
  return (
    <>
      <Title>{shell.billing}</Title>
      <BillingTabs team={params.team} current="billing" />
      <OverdueAlert team={team} />
      <DueSection team={team} />
      <SpendSection spend={team.spend} />
      <Section title={t.seats}>
        {team.pools.length > 0 ? (
          <PoolsTable pools={team.pools} teamId={params.team} />
        ) : (
          <EmptyState title={t.noSeats} hint={t.noSeatsHint} />
        )}
      </Section>
    </>
  );
}
