import { graphql } from "react-relay";
import { Copyable } from "../parts/Copyable.tsx";
import { Title } from "../parts/Title.tsx";
import type { Screen } from "../router/route.ts";
import { NotFound } from "../shell/NotFound.tsx";
import { shellWords } from "../words/shell.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { settings } from "./routes.ts";
import "./SettingsScreen.css";
import { TeamForm } from "./TeamForm.tsx";
import { TeamRule } from "./TeamRule.tsx";
import { TeamTabs } from "./TeamTabs.tsx";

export const query = graphql`
  query SettingsScreenQuery($team: ID!) @preloadable {
    ...Shell_query
    team(id: $team) {
      id
      sees: viewerCan(actions: [TEAMS_UPDATE, AUDIT_READ]) {
        allowed
      }
      ...TeamForm_team
      ...TeamRule_team
    }
  }
`;

/** Team: its name, its language and its rules. */
export default function SettingsScreen({ data, params }: Screen<typeof settings>) {
  const shell = useWords(shellWords);
  const t = useWords(teamWords);
  const { team } = data;
  if (!team?.sees.some(({ allowed }) => allowed)) return <NotFound />;
  return (
    <>
      <Title>{shell.team}</Title>
      <TeamTabs team={params.team} current="settings" />
      <div className="settings">
        <section className="setting">
          <h2>{t.general}</h2>
          <TeamForm team={team} />
        </section>
        <TeamRule team={team} rule="separationOfDuties" />
        <TeamRule team={team} rule="requiresSecondFactor" />
        <p className="quiet">
          {t.teamId} <Copyable value={team.id} what={t.theTeamId} />
        </p>
      </div>
    </>
  );
}
