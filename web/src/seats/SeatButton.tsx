import type { Ability } from "../graph/abilities.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { once } from "../parts/once.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import { type HeldSeat, type SeatOf, useSeatChange } from "./useSeatChange.ts";

interface Props {
  readonly of: SeatOf;
  readonly seat: HeldSeat | null;
  readonly waits: boolean;
  readonly abilities: readonly Ability[];
}

/** Assigns a seat of a product to a person, or takes back what they have: the seat, or the place in the line. */
export function SeatButton({ of, seat, waits, abilities }: Props) {
  const t = useWords(seatsWords);
  const change = useSeatChange(of);
  const about = <span className="hidden-text">{`: ${of.product.name}, ${of.name}`}</span>;
  if (seat || waits) {
    const direct = !seat || seat.sources.some(({ kind }) => kind === "DIRECT");
    return (
      <Button
        pending={change.pending}
        reason={reasonOf(abilities, "SEATS_UNASSIGN") ?? (direct ? null : t.notDirect)}
        onClick={once(() => void change.unassign(seat))}
      >
        {seat ? t.unassign : t.withdraw}
        {about}
      </Button>
    );
  }
  const free = of.pool !== null && of.pool.available > 0;
  return (
    <Button
      pending={change.pending}
      reason={reasonOf(abilities, "SEATS_ASSIGN")}
      onClick={once(() => void change.assign(free ? "ALL_OR_NOTHING" : "WAITLIST"))}
    >
      {free ? t.assign : t.wait}
      {about}
    </Button>
  );
}
