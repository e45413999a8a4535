import { contractsWords } from "../words/contracts.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/words.ts";
import type { Amended, Ordered } from "./fragments.ts";
import { LostSeats } from "./LostSeats.tsx";

interface Props {
  /** The order that the amendment would place; undefined if it never places one. */
  readonly order?: Ordered | null;
  readonly subscription: Amended | null;
}

/** What an amendment would cost, and what the subscription would be then. */
export function Quote({ order, subscription }: Props) {
  const t = useWords(contractsWords);
  const { date } = useFormats();
  if (!subscription) return null;
  const { seats, endsOn, scheduledChange } = subscription;
  return (
    <>
      {order !== undefined && <Cost order={order} />}
      <p>{t.wouldHave(seats, date(endsOn))}</p>
      {scheduledChange && (
        <>
          <p>{t.scheduledSeats(scheduledChange.seats, date(scheduledChange.effectiveOn))}</p>
          <LostSeats change={scheduledChange} />
        </>
      )}
    </>
  );
}

function Cost({ order }: { readonly order: Ordered | null }) {
  const t = useWords(contractsWords);
  const { money } = useFormats();
  const costs = order !== null && order.total.amount !== "0";
  return <p>{costs ? t.wouldCost(money(order.total), money(order.tax)) : t.wouldBeFree}</p>;
}
