import { graphql, useFragment } from "react-relay";
import { group as groupRoute } from "../groups/routes.ts";
import { Button, reasonOf } from "../parts/Button.tsx";
import { Section } from "../parts/Section.tsx";
import { Link } from "../router/Link.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import type { MemberGroups_member$key } from "./__generated__/MemberGroups_member.graphql";
import "./MemberGroups.css";

const MEMBER = graphql`
  fragment MemberGroups_member on Member {
    team {
      id
    }
    groups(first: 100) {
      nodes {
        id
        name
      }
    }
    changingGroups: viewerCan(actions: [GROUPS_UPDATE]) {
      ...abilities_ability @relay(mask: false)
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
  const { groups, team, changingGroups } = useFragment(MEMBER, member);
  if (!groups) return null;
  const change = (
    <Button reason={reasonOf(changingGroups, "GROUPS_UPDATE")} onClick={onChange}>
      {t.changeGroups}
    </Button>
  );
  return (
    <Section title={t.groups} aside={change}>
      {groups.nodes.length === 0 ? (
        <p className="quiet">{t.inNoGroup}</p>
      ) : (
        <ul className="member-groups">
          {groups.nodes.map(({ id, name }) => (
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
