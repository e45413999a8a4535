import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { type Column, Table } from "../parts/Table.tsx";
import { Link } from "../router/Link.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { OrdersTable_orders$data, OrdersTable_orders$key } from "./__generated__/OrdersTable_orders.graphql";
import { InvoiceBadge } from "./InvoiceBadge.tsx";
import { order as orderRoute } from "./routes.ts";

type Order = OrdersTable_orders$data[number];

const ORDERS = graphql`
  fragment OrdersTable_orders on Order @relay(plural: true) {
    id
    number
    kind
    orderedOn
    contract {
      number
    }
    total {
      ...money_money @relay(mask: false)
    }
    invoice {
      status
    }
  }
`;

/** Orders, each with what it costs and whether that is paid. */
export function OrdersTable({ team, orders }: { readonly team: string; readonly orders: OrdersTable_orders$key }) {
  const t = useWords(billingWords);
  const { money } = useFormats();
  const columns: readonly [Column<Order, never>, ...Column<Order, never>[]] = [
    { title: t.order, cell: ({ id, number }) => <Link href={orderRoute.href({ team, order: id })}>{number}</Link> },
    { title: t.orderedOn, cell: ({ orderedOn }) => <Day at={orderedOn} /> },
    { title: t.kind, cell: ({ kind }) => t.kinds[kind] },
    { title: t.contract, cell: ({ contract }) => contract?.number },
    { title: t.total, number: true, cell: ({ total }) => <span className="nowrap">{money(total)}</span> },
    { title: t.invoice, cell: ({ invoice }) => invoice && <InvoiceBadge status={invoice.status} /> },
  ];
  return (
    <Table
      label={t.tabs.orders}
      rows={useFragment(ORDERS, orders)}
      keyOf={({ id }) => id}
      nameOf={({ number }) => number}
      columns={columns}
    />
  );
}
