import { graphql, useFragment } from "react-relay";
import { Section } from "../parts/Section.tsx";
import { billingWords } from "../words/billing.ts";
import { useWords } from "../words/words.ts";
import type { SpendSection_spend$key } from "./__generated__/SpendSection_spend.graphql";
import { SpendChart } from "./SpendChart.tsx";
import { byCurrency } from "./spend.ts";

/* eslint-disable relay/unused-fields -- `byCurrency` reads them */
const SPEND = graphql`
  fragment SpendSection_spend on MonthlySpend @relay(plural: true) {
    month
    amount {
      ...money_money @relay(mask: false)
    }
  }
`;

/** What was spent in each of the last 12 months: a chart with its table for each currency. */
export function SpendSection({ spend: of }: { readonly spend: SpendSection_spend$key }) {
  const t = useWords(billingWords);
  const charts = byCurrency(useFragment(SPEND, of));
  return (
    <Section title={t.spend}>
      {charts.length === 0 && <p className="quiet">{t.nothingSpent}</p>}
      {charts.map(({ currency, months }) => (
        <SpendChart key={currency} currency={currency} months={months} />
      ))}
    </Section>
  );
}
