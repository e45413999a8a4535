import { graphql, useFragment } from "react-relay";
import { wasMade } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Badge } from "../parts/Badge.tsx";
import { Button, reasonOf } from "../parts/Button.tsx";
import { once } from "../parts/once.ts";
import { Problems } from "../parts/Problems.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { partsWords } from "../words/parts.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { TeamRule_team$key } from "./__generated__/TeamRule_team.graphql";
import type { TeamRuleMutation } from "./__generated__/TeamRuleMutation.graphql";

interface Props {
  readonly team: TeamRule_team$key;
  readonly rule: "separationOfDuties" | "requiresSecondFactor";
}

const TEAM = graphql`
  fragment TeamRule_team on Team {
    id
    separationOfDuties
    requiresSecondFactor
    maySecure: viewerCan(actions: [TEAMS_SECURE]) {
      ...abilities_ability @relay(mask: false)
    }
  }
`;

const UPDATE = graphql`
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
`;

/** A rule of a team that is on or off. */
export function TeamRule({ team: key, rule }: Props) {
  const words = useWords(teamWords);
  const t = words.rules[rule];
  const { undone } = useWords(partsWords);
  const { id, maySecure, ...rules } = useFragment(TEAM, key);
  const isOn = rule === "separationOfDuties" ? rules.separationOfDuties : rules.requiresSecondFactor;
  const update = useMutation<TeamRuleMutation>(UPDATE);
  const set = (value: boolean) => update.send({ teamId: id, [rule]: value, dryRun: false });
  const undo = async () => {
    if (succeeded(await set(isOn))) showDone(undone);
  };
  const press = async () => {
    const payload = await set(!isOn);
    if (wasMade(payload)) showDone(t.done(!isOn), () => void undo());
  };
  return (
    <section className="setting">
      <div className="setting-head">
        <h2>{t.title}</h2>
        <Badge tone={isOn ? "good" : "plain"}>{isOn ? words.on : words.off}</Badge>
      </div>
      <p>{t.text}</p>
      <Problems problems={update.problems} />
      <p>
        <Button
          pending={update.pending}
          reason={reasonOf(maySecure, "TEAMS_SECURE")}
          onClick={once(() => void press())}
        >
          {t.change(!isOn)}
        </Button>
      </p>
    </section>
  );
}
