import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { Facts } from "../parts/Facts.tsx";
import { Section } from "../parts/Section.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { InvoiceSection_invoice$key } from "./__generated__/InvoiceSection_invoice.graphql";
import { CreditNotesTable } from "./CreditNotesTable.tsx";
import { DocumentButton } from "./DocumentButton.tsx";
import { InvoiceBadge } from "./InvoiceBadge.tsx";
import { PaymentsTable } from "./PaymentsTable.tsx";

const INVOICE = graphql`
  fragment InvoiceSection_invoice on Invoice {
    number
    status
    customer
    issuedOn
    dueOn
    taxRate
    total {
      ...money_money @relay(mask: false)
    }
    paid {
      ...money_money @relay(mask: false)
    }
    credited {
      ...money_money @relay(mask: false)
    }
    owed {
      ...money_money @relay(mask: false)
    }
    payments {
      ...PaymentsTable_payments
    }
    creditNotes {
      ...CreditNotesTable_creditNotes
    }
  }
`;

interface Props {
  readonly invoice: InvoiceSection_invoice$key;
  /** The id of its order. */
  readonly order: string;
}

/** The invoice of an order: what of it is paid, credited and still owed. */
export function InvoiceSection({ invoice: of, order }: Props) {
  const t = useWords(billingWords);
  const { money, taxRate: rate } = useFormats();
  const { payments, creditNotes, ...invoice } = useFragment(INVOICE, of);
  return (
    <Section title={t.invoiceTitle(invoice.number)}>
      <Facts
        facts={[
          [t.status, <InvoiceBadge key="status" status={invoice.status} />],
          [t.customer, <bdi key="customer">{invoice.customer}</bdi>],
          [t.issuedOn, <Day key="issued" at={invoice.issuedOn} />],
          [t.dueOn, <Day key="due" at={invoice.dueOn} />],
          [t.taxRate, rate(invoice.taxRate)],
          [t.total, money(invoice.total)],
          [t.paid, money(invoice.paid)],
          [t.credited, money(invoice.credited)],
          [t.owed, money(invoice.owed)],
        ]}
      />
      <DocumentButton order={order} />
      {payments.length > 0 && <PaymentsTable payments={payments} />}
      {creditNotes.length > 0 && <CreditNotesTable creditNotes={creditNotes} />}
    </Section>
  );
}
