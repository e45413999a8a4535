import { graphql, useFragment } from "react-relay";
import { useFormats } from "../words/formats.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { SeatUse_seat$key } from "./__generated__/SeatUse_seat.graphql";

/** When the holder of a seat used it last. */
export function SeatUse({ seat }: { readonly seat: SeatUse_seat$key }) {
  const t = useWords(seatsWords);
  const formats = useFormats();
  const { usage } = useFragment(
    graphql`
      fragment SeatUse_seat on Seat {
        usage {
          lastUsedAt
        }
      }
    `,
    seat,
  );
  if (usage?.lastUsedAt == null) return <span className="quiet">{t.notUsed}</span>;
  return (
    <time className="nowrap" dateTime={usage.lastUsedAt} title={formats.moment(usage.lastUsedAt)}>
      {formats.ago(usage.lastUsedAt)}
    </time>
  );
}
