import { graphql } from "react-relay";
import { ProfilePart } from "../access/ProfilePart.tsx";
import { noticesWords } from "../words/notices.ts";
import { useWords } from "../words/words.ts";
import type { TeamPreferences_member$data } from "./__generated__/TeamPreferences_member.graphql";
import { KindPreference } from "./KindPreference.tsx";
import "./Preferences.css";

/* eslint-disable relay/unused-fields -- the screen and `KindPreference` read them */
// Spread with `@relay(mask: false)`, because the pages after the first are read beside the store.
export const fragment = graphql`
  fragment TeamPreferences_member on Member {
    id
    role
    team {
      id
      name
    }
    noticePreferences {
      kind
      delivery
      required
    }
  }
`;

interface Props {
  readonly member: Omit<TeamPreferences_member$data, " $fragmentType">;
}

/** How the viewer gets the notices of each kind about the contracts of one team. */
export function TeamPreferences({ member: { team, noticePreferences } }: Props) {
  const t = useWords(noticesWords);
  return (
    <ProfilePart title={<bdi>{team.name}</bdi>}>
      <p className="quiet">{t.digestHint}</p>
      <ul className="preferences">
        {noticePreferences.map((preference) => (
          <li key={preference.kind}>
            <KindPreference teamId={team.id} team={team.name} preference={preference} />
          </li>
        ))}
      </ul>
    </ProfilePart>
  );
}
