import { graphql, useFragment } from "react-relay";
import { useFormats } from "../words/formats.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { SeatSources_seat$key } from "./__generated__/SeatSources_seat.graphql";
import "./SeatSources.css";

const SEAT = graphql`
  fragment SeatSources_seat on Seat {
    sources {
      kind
      since
      group {
        name
      }
    }
  }
`;

/** Why somebody holds a seat, and since when. */
export function SeatSources({ seat }: { readonly seat: SeatSources_seat$key }) {
  const t = useWords(seatsWords);
  const formats = useFormats();
  const { sources } = useFragment(SEAT, seat);
  return (
    <ul className="sources">
      {sources.map(({ kind, since, group }) => (
        <li key={`${kind} ${group?.name ?? ""} ${since}`}>
          <bdi>{group ? t.byGroup(group.name) : t.sources[kind]}</bdi>{" "}
          <span className="quiet small nowrap">{t.since(formats.date(since))}</span>
        </li>
      ))}
    </ul>
  );
}
