import { graphql, useFragment } from "react-relay";
import "../parts/Problems.css";
import { Link } from "../router/Link.tsx";
import { billingWords } from "../words/billing.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { OverdueAlert_team$key } from "./__generated__/OverdueAlert_team.graphql";
import { order as orderRoute } from "./routes.ts";

const TEAM = graphql`
  fragment OverdueAlert_team on Team {
    id
    upcomingPayments {
      dueOn
      overdue
      amount {
        ...money_money @relay(mask: false)
      }
      invoice {
        id
        number
        order {
          id
        }
      }
    }
  }
`;

/** Says of each invoice that was not paid in time since when, and how much is owed. It is read out when it appears. */
export function OverdueAlert({ team: of }: { readonly team: OverdueAlert_team$key }) {
  const t = useWords(billingWords);
  const { date, money } = useFormats();
  const { id: team, upcomingPayments } = useFragment(TEAM, of);
  const overdue = (upcomingPayments ?? []).filter((payment) => payment.overdue);
  return (
    <div role="alert">
      {overdue.length > 0 && (
        <div className="problems">
          <p>{t.overduePayments(overdue.length)}</p>
          <ul className="plain-list">
            {overdue.map(({ invoice, dueOn, amount }) => {
              const name = t.invoiceTitle(invoice?.number ?? "…");
              const order = invoice?.order?.id;
              return (
                <li key={invoice?.id}>
                  {order === undefined ? name : <Link href={orderRoute.href({ team, order })}>{name}</Link>}{" "}
                  {t.wasDue(date(dueOn), money(amount))}
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </div>
  );
}
