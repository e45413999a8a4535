import { MemberLink } from "../seats/MemberLink.tsx";
import { contractsWords } from "../words/contracts.ts";
import { useWords } from "../words/words.ts";
import type { Scheduled } from "./fragments.ts";

/** Who would lose their seat if a scheduled change came now. */
export function LostSeats({ change: { lostSeats } }: { readonly change: Pick<Scheduled, "lostSeats"> }) {
  const t = useWords(contractsWords);
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
