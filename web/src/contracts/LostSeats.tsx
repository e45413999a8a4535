import { graphql, useFragment } from "react-relay";
import { MemberLink } from "../seats/MemberLink.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { LostSeats_change$key } from "./__generated__/LostSeats_change.graphql";

const CHANGE = graphql`
  fragment LostSeats_change on ScheduledChange {
    lostSeats {
      id
      team {
        id
      }
      holder {
        name
        memberships(first: 20) {
          nodes {
            id
            team {
              id
            }
          }
        }
      }
    }
  }
`;

/** Who would lose their seat if a scheduled change came now. */
export function LostSeats({ change }: { readonly change: LostSeats_change$key }) {
  const t = useWords(contractsWords);
  const { lostSeats } = useFragment(CHANGE, change);
  if (lostSeats.length === 0) return <p className="quiet">{t.nobodyLoses}</p>;
  return (
    <>
      <p>{t.wouldLose(lostSeats.length)}</p>
      <ul aria-label={t.losers}>
        {lostSeats.map(({ id, team, holder }) => (
          <li key={id}>
            <MemberLink
              team={team.id}
              id={holder?.memberships.nodes.find((one) => one.team.id === team.id)?.id}
              name={holder?.name}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
