import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { billingWords } from "../words/billing.ts";
import { companiesWords } from "../words/companies.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { CompanyOrders_orders$data, CompanyOrders_orders$key } from "./__generated__/CompanyOrders_orders.graphql";

type Order = CompanyOrders_orders$data[number];

const ORDERS = graphql`
  fragment CompanyOrders_orders on CompanyOrder @relay(plural: true) {
    id
    number
    kind
    orderedOn
    total {
      ...money_money @relay(mask: false)
    }
  }
`;

/** The orders of a company. */
export function CompanyOrders({ orders }: { readonly orders: CompanyOrders_orders$key }) {
  const t = useWords(billingWords);
  const { money } = useFormats();
  const columns: readonly [Column<Order, never>, ...Column<Order, never>[]] = [
    { title: t.order, cell: ({ number }) => number },
    { title: t.orderedOn, cell: ({ orderedOn }) => <Day at={orderedOn} /> },
    { title: t.kind, cell: ({ kind }) => t.kinds[kind] },
    { title: t.total, number: true, cell: ({ total }) => <span className="nowrap">{money(total)}</span> },
  ];
  return (
    <Table
      label={useWords(companiesWords).orders}
      rows={useFragment(ORDERS, orders)}
      keyOf={({ id }) => id}
      nameOf={({ number }) => number}
      columns={columns}
    />
  );
}
