import { graphql, useFragment } from "react-relay";
import { useFormats } from "../words/formats.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { SeatSources_seat$key } from "./__generated__/SeatSources_seat.graphql";
import "./SeatSources.css";

/** Why somebody holds a seat, and since when. */
export function SeatSources({ seat }: { readonly seat: SeatSources_seat$key }) {
  const t = useWords(seatsWords);
  const formats = useFormats();
  const { sources } = useFragment(
    graphql`
      fragment SeatSources_seat on Seat {
        sources {
          kind
          since
          group {
            name
          }
        }
      }
    `,
    seat,
  );
  return (
    <ul className="sources">
      {sources.map(({ kind, since, group }) => (
        <li key={`${kind} ${group?.name ?? ""} ${since}`}>
          <bdi>{kind === "DIRECT" ? t.direct : kind === "DEFAULT" ? t.byDefault : group ? t.byGroup(group.name) : t.byHiddenGroup}</bdi>{" "}
          <span className="quiet small nowrap">{t.since(formats.date(since))}</span>
        </li>
      ))}
    </ul>
  );
}
