import { graphql } from "react-relay";
import { BillingTabs } from "../billing/BillingTabs.tsx";
import { EmptyState } from "../parts/EmptyState.tsx";
import { Paging } from "../parts/Paging.tsx";
import { useSurvivingPage } from "../parts/paging.ts";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { contractsWords } from "../words/contracts.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { ContractSection } from "./ContractSection.tsx";
import { contracts as contractsRoute } from "./routes.ts";

export const query = graphql`
  query ContractsScreenQuery($team: ID!, $first: Int, $after: String, $last: Int, $before: String) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [ORDERS_READ]) {
        allowed
      }
      contracts(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          id
          ...ContractSection_contract
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`;

/** The contracts of a team with their subscriptions. For contract managers, they are a part of Billing and Orders. */
export default function ContractsScreen({ data, params, search }: Screen<typeof contractsRoute>) {
  const t = useWords(contractsWords);
  const shell = useWords(shellWords);
  const change = changeSearch(contractsRoute, params);
  const list = data.team?.contracts;
  const total = list?.totalCount ?? 0;
  useSurvivingPage(search.at, list?.nodes.length ?? 0, total, (at) => change({ at }, { replace: true }));
  if (!data.team || !list) return <NotFound />;
  const seesBilling = data.team.viewerCan.every(({ allowed }) => allowed);
  return (
    <>
      <Title>{seesBilling ? shell.billing : shell.contracts}</Title>
      {seesBilling && <BillingTabs team={params.team} current="contracts" />}
      {list.nodes.map((contract) => (
        <ContractSection key={contract.id} contract={contract} team={params.team} />
      ))}
      {list.nodes.length === 0 && <EmptyState title={t.none} hint={t.noneHint} />}
      <Paging
        info={list.pageInfo}
        total={total}
        size={search.size}
        onPlace={(at) => change({ at })}
        onSize={(size) => change({ size, at: null })}
      />
    </>
  );
}
