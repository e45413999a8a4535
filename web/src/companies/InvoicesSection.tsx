import { graphql, useFragment } from "react-relay";
import { InvoiceBadge } from "../billing/InvoiceBadge.tsx";
import { Button } from "../parts/Button.tsx";
import { Day } from "../parts/Day.tsx";
import { Paging } from "../parts/Paging.tsx";
import { Section } from "../parts/Section.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import type { Screen } from "../router/route.ts";
import { billingWords } from "../words/billing.ts";
import { companiesWords } from "../words/companies.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { InvoicesSection_invoices$data, InvoicesSection_invoices$key } from "./__generated__/InvoicesSection_invoices.graphql";
import "./Companies.css";
import type { company as companyRoute } from "./routes.ts";

type Invoice = InvoicesSection_invoices$data["nodes"][number];
type Search = Screen<typeof companyRoute>["search"];

const INVOICES = graphql`
  fragment InvoicesSection_invoices on CompanyInvoiceConnection {
    totalCount
    nodes {
      id
      number
      status
      issuedOn
      dueOn
      total {
        ...money_money @relay(mask: false)
      }
      owed {
        ...money_money @relay(mask: false)
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
`;

interface Props {
  readonly invoices: InvoicesSection_invoices$key;
  /** Why no payment may be recorded; null if it may. */
  readonly reason: string | null;
  readonly search: Search;
  readonly onChange: (values: Partial<Search>) => void;
}

/** The invoices of a company, each with what is owed. */
export function InvoicesSection({ invoices, reason, search, onChange }: Props) {
  const t = useWords(companiesWords);
  const columns = useColumns(reason, onChange);
  const { nodes, pageInfo, totalCount } = useFragment(INVOICES, invoices);
  if (nodes.length === 0) return <Section title={t.invoices}><p className="quiet">{t.noInvoices}</p></Section>;
  return (
    <Section title={t.invoices}>
      <Table label={t.invoices} rows={nodes} keyOf={({ id }) => id} nameOf={({ number }) => number} columns={columns} />
      <Paging
        info={pageInfo}
        total={totalCount}
        size={search.size}
        onPlace={(at) => onChange({ at })}
        onSize={(size) => onChange({ size, at: null })}
      />
    </Section>
  );
}

function useColumns(
  reason: string | null,
  onOpen: (dialog: Partial<Pick<Search, "pay" | "credit">>) => void,
): readonly [Column<Invoice, never>, ...Column<Invoice, never>[]] {
  const t = useWords(companiesWords);
  const billing = useWords(billingWords);
  const { money } = useFormats();
  return [
    { title: billing.invoice, cell: ({ number }) => <span className="nowrap">{number}</span> },
    { title: billing.status, cell: ({ status }) => <InvoiceBadge status={status} /> },
    { title: billing.issuedOn, cell: ({ issuedOn }) => <Day at={issuedOn} /> },
    { title: billing.dueOn, cell: ({ dueOn }) => <Day at={dueOn} /> },
    { title: billing.total, number: true, cell: ({ total }) => <span className="nowrap">{money(total)}</span> },
    { title: billing.owed, number: true, cell: ({ owed }) => <span className="nowrap">{money(owed)}</span> },
    {
      title: t.actions,
      cell: ({ id, number, status }) =>
        status !== "PAID" && (
          <div className="company-buttons">
            <Button reason={reason} onClick={() => onOpen({ pay: id })}>
              {t.pay}
              <span className="hidden-text">: {number}</span>
            </Button>
            <Button reason={reason} onClick={() => onOpen({ credit: id })}>
              {t.credit}
              <span className="hidden-text">: {number}</span>
            </Button>
          </div>
        ),
    },
  ];
}
