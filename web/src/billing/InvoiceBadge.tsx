import { Badge } from "../parts/Badge.tsx";
import { billingWords } from "../words/billing.ts";
import { useWords } from "../words/words.ts";
import type { InvoiceStatus } from "./__generated__/OrdersTable_orders.graphql";

const TONES = { OPEN: "plain", OVERDUE: "bad", PAID: "good" } as const;

/** Whether an invoice is paid. */
export function InvoiceBadge({ status }: { readonly status: InvoiceStatus }) {
  const t = useWords(billingWords);
  return <Badge tone={TONES[status]}>{t.invoiceStatuses[status]}</Badge>;
}
