/* eslint-disable relay/unused-fields -- `readRows` reads the pages, and `SubscriptionsTable` the rows */
import { graphql, useFragment } from "react-relay";
import { ask, useAllRows } from "../graph/pages.ts";
import { reasonOf } from "../parts/Button.tsx";
import { Facts } from "../parts/Facts.tsx";
import { Section } from "../parts/Section.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { ContractSection_contract$data, ContractSection_contract$key } from "./__generated__/ContractSection_contract.graphql";
import type { ContractSectionQuery } from "./__generated__/ContractSectionQuery.graphql";
import { SubscriptionsTable } from "./SubscriptionsTable.tsx";

const CONTRACT = graphql`
  fragment ContractSection_contract on Contract {
    id
    number
    currency
    graceDays
    homeTeam {
      name
    }
    contactPerson {
      name
    }
    viewerCan(actions: [ORDERS_READ]) {
      ...abilities_ability @relay(mask: false)
    }
    subscriptions(first: 50) {
      totalCount
      nodes {
        ...fragments_subscription @relay(mask: false)
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

const OTHERS = graphql`
  query ContractSectionQuery($contract: ID!, $after: String) {
    node(id: $contract) {
      ... on Contract @alias(as: "contract") {
        subscriptions(first: 100, after: $after) {
          nodes {
            ...fragments_subscription @relay(mask: false)
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`;

interface Props {
  readonly contract: ContractSection_contract$key;
  /** The team that is shown. Subscriptions of other teams say so. */
  readonly team: string;
}

/** A contract: who its home team is, and the subscriptions under it. */
export function ContractSection({ contract: of, team }: Props) {
  const t = useWords(contractsWords);
  const contract = useFragment(CONTRACT, of);
  const rows = useAllRows(contract.subscriptions, async (after) => {
    return (await ask<ContractSectionQuery>(OTHERS, { contract: contract.id, after }))?.node?.contract?.subscriptions;
  });
  const hidden = reasonOf(contract.viewerCan, "ORDERS_READ");
  return (
    <Section title={t.contract(contract.number)}>
      <ContractFacts contract={contract} />
      {rows.length > 0 ? (
        <SubscriptionsTable label={t.subscriptionsOf(contract.number)} rows={rows} team={team} hasPrices={hidden === null} />
      ) : (
        <p className="quiet">{t.noSubscriptions}</p>
      )}
      {hidden !== null && <p className="quiet small">{t.pricesHidden(hidden)}</p>}
    </Section>
  );
}

function ContractFacts({ contract: { homeTeam, contactPerson, currency, graceDays } }: {
  readonly contract: ContractSection_contract$data;
}) {
  const t = useWords(contractsWords);
  const { number } = useFormats();
  return (
    <Facts
      facts={[
        ...(homeTeam ? [[t.homeTeam, <bdi key="home">{homeTeam.name}</bdi>] as const] : []),
        // Null also if the viewer may not see the person.
        ...(contactPerson ? [[t.contactPerson, <bdi key="contact">{contactPerson.name}</bdi>] as const] : []),
        [t.currency, currency],
        [t.graceDays, number(graceDays)],
      ]}
    />
  );
}
