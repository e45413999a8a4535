import { contracts } from "../contracts/routes.ts";
import { notices } from "../notices/routes.ts";
import { Tabs } from "../parts/Tabs.tsx";
import { billingWords } from "../words/billing.ts";
import { useWords } from "../words/words.ts";
import { billing, orders } from "./routes.ts";

const TABS = { billing, contracts, orders, notices };

/** The views of Billing and Orders. */
export function BillingTabs({ team, current }: { readonly team: string; readonly current: keyof typeof TABS }) {
  const t = useWords(billingWords);
  const tabs = (["billing", "contracts", "orders", "notices"] as const).map((name) => ({
    text: t.tabs[name],
    href: TABS[name].href({ team }),
    current: name === current,
  }));
  return <Tabs label={t.views} tabs={tabs} />;
}
