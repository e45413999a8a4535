import { graphql, useFragment } from "react-relay";
import { type Column, Table } from "../parts/Table.tsx";
import { billingWords } from "../words/billing.ts";
import { companiesWords } from "../words/companies.ts";
import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { CompanyContracts_contracts$data, CompanyContracts_contracts$key } from "./__generated__/CompanyContracts_contracts.graphql";

type Contract = CompanyContracts_contracts$data[number];

const CONTRACTS = graphql`
  fragment CompanyContracts_contracts on CompanyContract @relay(plural: true) {
    id
    number
    currency
    taxRate
    graceDays
  }
`;

/** The contracts that serve a company. */
export function CompanyContracts({ contracts }: { readonly contracts: CompanyContracts_contracts$key }) {
  const t = useWords(contractsWords);
  const { taxRate: rate } = useWords(billingWords);
  const { taxRate, number } = useFormats();
  const columns: readonly [Column<Contract, never>, ...Column<Contract, never>[]] = [
    { title: t.contractNumber, cell: (row) => row.number },
    { title: t.currency, cell: ({ currency }) => currency },
    { title: rate, number: true, cell: (row) => taxRate(row.taxRate) },
    { title: t.graceDays, number: true, cell: ({ graceDays }) => number(graceDays) },
  ];
  return (
    <Table
      label={useWords(companiesWords).contracts}
      rows={useFragment(CONTRACTS, contracts)}
      keyOf={({ id }) => id}
      nameOf={(row) => row.number}
      columns={columns}
    />
  );
}
