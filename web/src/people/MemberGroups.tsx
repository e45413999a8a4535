import { graphql, useFragment } from "react-relay";
import { ask, useAllRows } from "../graph/pages.ts";
import { group as groupRoute } from "../groups/routes.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Section } from "../parts/Section.tsx";
import { Link } from "../router/Link.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberGroups_member$key } from "./__generated__/MemberGroups_member.graphql";
import type { MemberGroupsQuery } from "./__generated__/MemberGroupsQuery.graphql";
import "./MemberGroups.css";

/* eslint-disable relay/unused-fields -- `readRows` reads the pages */
const MEMBER = graphql`
  fragment MemberGroups_member on Member {
    id
    team {
      id
    }
    groups(first: 100) {
      totalCount
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    changingGroups: viewerCan(actions: [GROUPS_UPDATE]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

const OTHERS = graphql`
  query MemberGroupsQuery($member: ID!, $after: String) {
    node(id: $member) {
      ... on Member @alias(as: "member") {
        groups(first: 100, after: $after) {
          nodes {
            id
            name
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`;

interface Props {
  readonly member: MemberGroups_member$key;
  readonly onChange: () => void;
}

/** The groups that a member is in. A plain user may not see groups, not even their own: then there is no such part. */
export function MemberGroups({ member, onChange }: Props) {
  const t = useWords(peopleWords);
  const { id: memberId, groups, team, changingGroups } = useFragment(MEMBER, member);
  const all = useAllRows(groups, async (after) => {
    return (await ask<MemberGroupsQuery>(OTHERS, { member: memberId, after }))?.node?.member?.groups;
  });
  if (!groups) return null;
  const change = (
    <Button reason={reasonOf(changingGroups, "GROUPS_UPDATE")} onClick={onChange}>
      {t.changeGroups}
    </Button>
  );
  return (
    <Section title={t.groups} aside={change}>
      {all.length === 0 ? (
        <p className="quiet">{t.inNoGroup}</p>
      ) : (
        <ul className="member-groups">
          {all.map(({ id, name }) => (
            <li key={id}>
              <Link href={groupRoute.href({ team: team.id, group: id })} dir="auto">
                {name}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
