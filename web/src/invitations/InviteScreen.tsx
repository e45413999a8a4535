import { lazy, useState } from "react";
import { graphql } from "react-relay";
import { Tabs } from "../parts/Tabs.tsx";
import { Title } from "../parts/Title.tsx";
import { byUser } from "../people/routes.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { invitationsWords } from "../words/invitations.ts";
import { peopleWords } from "../words/people.ts";
import { useWords, withWords } from "../words/words.ts";
import type { InviteByFile_team$key } from "./__generated__/InviteByFile_team.graphql";
import type { InviteByHand_team$key } from "./__generated__/InviteByHand_team.graphql";
import { InviteByHand } from "./InviteByHand.tsx";
import { invite } from "./routes.ts";

// Most people are invited by hand. What reads files is loaded with its tab.
const InviteByFile = lazy(() => withWords(() => import("./InviteByFile.tsx")));

export const query = graphql`
  query InviteScreenQuery($team: ID!) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerCan(actions: [POOLS_READ]) {
        allowed
      }
      ...InviteByHand_team
      ...InviteByFile_team
    }
  }
`;

/** Invite people to the team: some by hand, or many from a file. */
export default function InviteScreen({ data, params, search }: Screen<typeof invite>) {
  const t = useWords(invitationsWords);
  const people = useWords(peopleWords);
  const { team } = data;
  if (!team?.viewerCan.every(({ allowed }) => allowed)) return <NotFound />;
  const tabs = (["hand", "file"] as const).map((by) => ({
    text: t.by[by],
    href: invite.href({ team: params.team }, { by }),
    current: by === search.by,
  }));
  return (
    <>
      <p>
        <Link href={byUser.href({ team: params.team })}>{people.back}</Link>
      </p>
      <Title>{t.invite}</Title>
      <Tabs label={t.ways} tabs={tabs} />
      <Ways by={search.by} team={team} />
    </>
  );
}

interface WaysProps {
  readonly by: "hand" | "file";
  readonly team: InviteByHand_team$key & InviteByFile_team$key;
}

/** The way that is chosen. The other one stays behind it once it was opened, with what was entered there. */
function Ways({ by, team }: WaysProps) {
  const [opened, setOpened] = useState([by]);
  if (!opened.includes(by)) setOpened([...opened, by]);
  return opened.map((way) => (
    <div key={way} hidden={way !== by}>
      {way === "hand" ? <InviteByHand team={team} /> : <InviteByFile team={team} />}
    </div>
  ));
}
