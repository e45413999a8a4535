import { lazy, Suspense } from "react";
import { graphql } from "react-relay";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Title } from "../parts/Title.tsx";
import { changeSearch } from "../router/changeSearch.ts";
import { Link } from "../router/Link.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords, withWords } from "../words/words.ts";
import { MemberFacts } from "./MemberFacts.tsx";
import { MemberGroups } from "./MemberGroups.tsx";
import { MemberProducts } from "./MemberProducts.tsx";
import { byUser, member } from "./routes.ts";

// Most people who look at a member change nothing.
const RemoveMemberDialog = lazy(() => withWords(() => import("./RemoveMemberDialog.tsx")));
const RoleDialog = lazy(() => withWords(() => import("./RoleDialog.tsx")));
const MemberGroupsDialog = lazy(() => withWords(() => import("./MemberGroupsDialog.tsx")));

export const query = graphql`
  query MemberScreenQuery($team: ID!, $member: ID!) @preloadable {
    ...Shell_query
    team(id: $team) {
      viewerRole
      ...MemberProducts_team
    }
    node(id: $member) {
      ... on Member @alias(as: "member") {
        team {
          id
        }
        user {
          name
        }
        removing: viewerCan(actions: [MEMBERS_REMOVE]) {
          ...abilities_ability @relay(mask: false)
        }
        ...MemberFacts_member
        ...MemberProducts_member
        ...MemberGroups_member
        ...MemberGroupsDialog_member
        ...RoleDialog_member
        ...RemoveMemberDialog_member
      }
    }
  }
`;

/** The page of one member of a team. */
export default function MemberScreen({ data, params, search }: Screen<typeof member>) {
  const t = useWords(peopleWords);
  const change = changeSearch(member, params);
  const shown = data.node?.member;
  if (shown?.team.id !== params.team) return <NotFound />;
  const close = () => change({ dialog: null }, { replace: true });
  const remove = (
    <Button
      look="danger"
      reason={reasonOf(shown.removing, "MEMBERS_REMOVE")}
      onClick={() => change({ dialog: "remove" })}
    >
      {t.remove}
    </Button>
  );
  return (
    <>
      <p>
        <Link href={byUser.href({ team: params.team })}>{t.back}</Link>
      </p>
      <Title aside={remove}>{shown.user.name}</Title>
      <MemberFacts member={shown} onRole={() => change({ dialog: "role" })} />
      <MemberProducts member={shown} team={data.team} />
      <MemberGroups member={shown} onChange={() => change({ dialog: "groups" })} />
      <Suspense>
        {search.dialog === "remove" && <RemoveMemberDialog id={params.member} member={shown} onClose={close} />}
        {search.dialog === "role" && <RoleDialog member={shown} viewerRole={data.team?.viewerRole ?? "USER"} onClose={close} />}
        {search.dialog === "groups" && <MemberGroupsDialog member={shown} onClose={close} />}
      </Suspense>
    </>
  );
}
