/* eslint-disable relay/unused-fields -- reasonOf reads what the viewer may do */
import { graphql, useFragment } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Badge } from "../parts/Badge.tsx";
import { Button, reasonOf } from "../parts/Button.tsx";
import { showDone } from "../parts/toasts.ts";
import { useErrorTexts } from "../words/errors.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { TeamRule_team$key } from "./__generated__/TeamRule_team.graphql";
import type { TeamRuleMutation } from "./__generated__/TeamRuleMutation.graphql";

interface Props {
  readonly team: TeamRule_team$key;
  readonly rule: "separationOfDuties" | "requiresSecondFactor";
}

/** A rule of a team that is on or off. */
export function TeamRule({ team: key, rule }: Props) {
  const t = useWords(teamWords);
  const texts = useErrorTexts();
  const { id, maySecure, ...rules } = useFragment(
    graphql`
      fragment TeamRule_team on Team {
        id
        separationOfDuties
        requiresSecondFactor
        maySecure: viewerCan(actions: [TEAMS_SECURE]) {
          action
          allowed
          reason
        }
      }
    `,
    key,
  );
  const update = useMutation<TeamRuleMutation>(graphql`
    mutation TeamRuleMutation($input: UpdateTeamInput!) {
      updateTeam(input: $input) {
        team {
          ...TeamRule_team
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
  const isOn = rule === "separationOfDuties" ? rules.separationOfDuties : rules.requiresSecondFactor;
  const set = async (value: boolean) => {
    const payload = await update.send({ teamId: id, [rule]: value, dryRun: false });
    return payload !== null && payload.errors.length === 0;
  };
  const press = async () => {
    if (await set(!isOn)) showDone(t.rules[rule].done(!isOn), () => void set(isOn));
  };
  return (
    <section className="setting">
      <div className="setting-head">
        <h2>{t.rules[rule].title}</h2>
        <Badge tone={isOn ? "good" : "plain"}>{isOn ? t.on : t.off}</Badge>
      </div>
      <p>{t.rules[rule].text}</p>
      <div role="alert">
        {update.problems.map((problem, index) => (
          <p key={index} className="problems">
            {texts.problem(problem)}
          </p>
        ))}
      </div>
      <p>
        <Button pending={update.pending} reason={reasonOf(maySecure, "TEAMS_SECURE")} onClick={() => void press()}>
          {t.rules[rule].change(!isOn)}
        </Button>
      </p>
    </section>
  );
}
