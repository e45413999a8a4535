import { graphql, useFragment } from "react-relay";
import { Ago } from "../parts/Ago.tsx";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { SeatUse_seat$key } from "./__generated__/SeatUse_seat.graphql";

const SEAT = graphql`
  fragment SeatUse_seat on Seat {
    usage {
      lastUsedAt
    }
  }
`;

/** When the holder of a seat used it last. */
export function SeatUse({ seat }: { readonly seat: SeatUse_seat$key }) {
  const t = useWords(seatsWords);
  const { usage } = useFragment(SEAT, seat);
  if (usage?.lastUsedAt == null) return <span className="quiet">{t.notUsed}</span>;
  return <Ago at={usage.lastUsedAt} />;
}
