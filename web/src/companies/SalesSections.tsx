import { graphql, useFragment } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Section } from "../parts/Section.tsx";
import { companiesWords } from "../words/companies.ts";
import { useWords } from "../words/words.ts";
import type { SalesSections_company$key } from "./__generated__/SalesSections_company.graphql";
import { CompanyContracts } from "./CompanyContracts.tsx";
import { CompanyOrders } from "./CompanyOrders.tsx";
import { CompanySubscriptions } from "./CompanySubscriptions.tsx";

const COMPANY = graphql`
  fragment SalesSections_company on Company {
    contracts(first: 100) {
      totalCount
      nodes {
        ...CompanyContracts_contracts
      }
    }
    subscriptions(first: 100) {
      totalCount
      nodes {
        ...CompanySubscriptions_subscriptions
      }
    }
    orders(first: 100) {
      totalCount
      nodes {
        ...CompanyOrders_orders
      }
    }
  }
`;

interface Props {
  readonly company: SalesSections_company$key;
  /** Why the viewer may not add one; null if they may. */
  readonly reasons: Readonly<Record<"contract" | "subscription", string | null>>;
  readonly onOpen: (dialog: "contract" | "subscription") => void;
}

/** What was sold to a company: contracts, subscriptions and orders, the newest of each. */
export function SalesSections({ company, reasons, onOpen }: Props) {
  const t = useWords(companiesWords);
  const { contracts, subscriptions, orders } = useFragment(COMPANY, company);
  const add = (dialog: "contract" | "subscription") => (
    <Button reason={reasons[dialog]} onClick={() => onOpen(dialog)}>
      {dialog === "contract" ? t.createContract : t.addSubscription}
    </Button>
  );
  return (
    <>
      <Section title={t.contracts} aside={add("contract")}>
        {contracts.totalCount > 0 ? <CompanyContracts contracts={contracts.nodes} /> : <p className="quiet">{t.noContracts}</p>}
        <More of={contracts} />
      </Section>
      <Section title={t.subscriptions} aside={add("subscription")}>
        {subscriptions.totalCount > 0 ? (
          <CompanySubscriptions subscriptions={subscriptions.nodes} />
        ) : (
          <p className="quiet">{t.noSubscriptions}</p>
        )}
        <More of={subscriptions} />
      </Section>
      <Section title={t.orders}>
        {orders.totalCount > 0 ? <CompanyOrders orders={orders.nodes} /> : <p className="quiet">{t.noOrders}</p>}
        <More of={orders} />
      </Section>
    </>
  );
}

/** Says how many older rows are not shown. */
function More({ of: { totalCount, nodes } }: { readonly of: { readonly totalCount: number; readonly nodes: readonly unknown[] } }) {
  const t = useWords(companiesWords);
  const older = totalCount - nodes.length;
  return older > 0 ? <p className="quiet">{t.older(older)}</p> : null;
}
