import { graphql, useFragment } from "react-relay";
import { Day } from "../parts/Day.tsx";
import { Facts } from "../parts/Facts.tsx";
import { Title } from "../parts/Title.tsx";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { OrderScreen_order$data, OrderScreen_order$key } from "./__generated__/OrderScreen_order.graphql";
import { InvoiceSection } from "./InvoiceSection.tsx";
import { LinesTable } from "./LinesTable.tsx";
import { orders, type order as orderRoute } from "./routes.ts";

const ORDER = graphql`
  fragment OrderScreen_order on Order {
    number
    kind
    orderedOn
    orderedBy
    contract {
      number
      homeTeam {
        id
      }
    }
    subtotal {
      ...money_money @relay(mask: false)
    }
    tax {
      ...money_money @relay(mask: false)
    }
    total {
      ...money_money @relay(mask: false)
    }
    invoice {
      ...InvoiceSection_invoice
    }
    ...LinesTable_order
  }
`;

export const query = graphql`
  query OrderScreenQuery($order: ID!) @preloadable {
    ...Shell_query
    node(id: $order) {
      ... on Order @alias(as: "order") {
        ...OrderScreen_order
      }
      ... on Invoice @alias(as: "invoice") {
        order {
          ...OrderScreen_order
        }
      }
    }
  }
`;

/** One order: what was ordered, by whom, and its invoice. The id of the invoice leads to it, too. */
export default function OrderScreen({ data, params }: Screen<typeof orderRoute>) {
  const t = useWords(billingWords);
  const order = useFragment<OrderScreen_order$key>(ORDER, data.node?.order ?? data.node?.invoice?.order ?? null);
  if (order?.contract?.homeTeam?.id !== params.team) return <NotFound />;
  return (
    <>
      <p>
        <Link href={orders.href({ team: params.team })}>{t.allOrders}</Link>
      </p>
      <Title>{t.orderTitle(order.number)}</Title>
      <OrderFacts order={order} />
      <LinesTable order={order} />
      {order.invoice ? <InvoiceSection invoice={order.invoice} order={params.order} /> : <p className="quiet">{t.noInvoice}</p>}
    </>
  );
}

function OrderFacts({ order }: { readonly order: OrderScreen_order$data }) {
  const t = useWords(billingWords);
  const { money } = useFormats();
  const { kind, orderedOn, orderedBy, contract, ...sums } = order;
  return (
    <Facts
      facts={[
        [t.kind, t.kinds[kind]],
        [t.orderedOn, <Day key="on" at={orderedOn} />],
        [t.orderedBy, <code key="by" className="small">{orderedBy}</code>],
        ...(contract ? [[t.contract, contract.number] as const] : []),
        [t.subtotal, money(sums.subtotal)],
        [t.tax, money(sums.tax)],
        [t.total, money(sums.total)],
      ]}
    />
  );
}
