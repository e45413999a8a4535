import { useId, useState } from "react";
import { graphql } from "react-relay";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { once } from "../parts/once.ts";
import { showDone, succeeded } from "../parts/toasts.ts";
import { noticesWords } from "../words/notices.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import type { Delivery, KindPreferenceMutation } from "./__generated__/KindPreferenceMutation.graphql";
import type { TeamPreferences_member$data } from "./__generated__/TeamPreferences_member.graphql";

type Preference = TeamPreferences_member$data["noticePreferences"][number];

interface Props {
  readonly teamId: string;
  readonly team: string;
  readonly preference: Preference;
}

const DELIVERIES = ["AT_ONCE", "DIGEST", "OFF"] as const;

const SET = graphql`
  mutation KindPreferenceMutation($input: SetNoticePreferencesInput!) {
    setNoticePreferences(input: $input) {
      noticePreferences {
        kind
        delivery
        required
      }
      errors {
        ...problems_error @relay(mask: false)
      }
    }
  }
`;

/** What the viewer has set for one kind, and how to set it. Undo sets what was there before. */
function usePreference(teamId: string, given: Preference) {
  const t = useWords(noticesWords);
  const { undone } = useWords(partsWords);
  const { kind } = given;
  // A preference has no id, so its answer changes no other place. What is read again later counts more than it.
  const [answer, setAnswer] = useState({ to: given, is: given });
  const shown = answer.to === given ? answer.is : given;
  const { send, pending } = useMutation<KindPreferenceMutation>(SET);
  const set = async (delivery: Delivery) => {
    const payload = await send({ teamId, kind, delivery, dryRun: false });
    const is = payload?.noticePreferences.find((one) => one.kind === kind);
    if (is) setAnswer({ to: given, is });
    return succeeded(payload);
  };
  const undo = async () => {
    if (await set(shown.delivery)) showDone(undone);
  };
  const press = async (delivery: Delivery) => {
    if (delivery === shown.delivery) return;
    if (await set(delivery)) showDone(t.set(t.kinds[kind], t.deliveries[delivery]), () => void undo());
  };
  return { shown, pending, press };
}

/** How the viewer gets the notices of one kind: three buttons, of which one is pressed. */
export function KindPreference({ teamId, team, preference }: Props) {
  const t = useWords(noticesWords);
  const id = useId();
  const { shown, pending, press } = usePreference(teamId, preference);
  return (
    <div className="preference" role="group" aria-labelledby={`${id}-kind`}>
      <div id={`${id}-kind`}>
        {t.kinds[shown.kind]}
        <span className="hidden-text">, {team}</span>
      </div>
      <div className="preference-choices">
        {DELIVERIES.map((delivery) => (
          <Button
            key={delivery}
            aria-pressed={delivery === shown.delivery}
            {...(delivery === shown.delivery && { icon: "check" as const })}
            pending={pending}
            reason={delivery === "OFF" && shown.required ? t.required : null}
            onClick={once(() => void press(delivery))}
          >
            {t.deliveries[delivery]}
          </Button>
        ))}
      </div>
      {shown.required && <p className="quiet small">{t.required}</p>}
    </div>
  );
}
