import { graphql, useFragment } from "react-relay";
import { Badge } from "../parts/Badge.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Link } from "../router/Link.tsx";
import { companiesWords } from "../words/companies.ts";
import { useFormats } from "../words/formats.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { CompaniesTable_companies$data, CompaniesTable_companies$key } from "./__generated__/CompaniesTable_companies.graphql";
import { company as companyRoute } from "./routes.ts";

type Company = CompaniesTable_companies$data[number];

const COMPANIES = graphql`
  fragment CompaniesTable_companies on Company @relay(plural: true) {
    id
    name
    contracts {
      totalCount
    }
    open: invoices(status: OPEN) {
      totalCount
    }
    overdue: invoices(status: OVERDUE) {
      totalCount
    }
  }
`;

/** Companies, each with the number of its contracts and of its unpaid invoices. */
export function CompaniesTable({ companies }: { readonly companies: CompaniesTable_companies$key }) {
  const t = useWords(companiesWords);
  const shell = useWords(shellWords);
  const { number } = useFormats();
  const columns: readonly [Column<Company, never>, ...Column<Company, never>[]] = [
    {
      title: t.company,
      cell: ({ id, name }) => (
        <Link href={companyRoute.href({ company: id })} dir="auto">
          {name}
        </Link>
      ),
    },
    { title: t.contracts, number: true, cell: ({ contracts }) => number(contracts.totalCount) },
    { title: t.openInvoices, number: true, cell: ({ open }) => number(open.totalCount) },
    {
      title: t.overdueInvoices,
      number: true,
      cell: ({ overdue: { totalCount } }) => (totalCount > 0 ? <Badge tone="bad">{number(totalCount)}</Badge> : number(0)),
    },
  ];
  return (
    <Table
      label={shell.companies}
      rows={useFragment(COMPANIES, companies)}
      keyOf={({ id }) => id}
      nameOf={({ name }) => name}
      columns={columns}
    />
  );
}
