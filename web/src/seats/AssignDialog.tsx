import { useState } from "react";
import { graphql, useFragment } from "react-relay";
import type { Problem } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { Outcomes } from "../people/Outcomes.tsx";
import { type Chosen, PeoplePicker } from "../people/PeoplePicker.tsx";
import { reload } from "../router/router.ts";
import { partsWords } from "../words/parts.ts";
import { seatsWords } from "../words/seats.ts";
import { useWords } from "../words/words.ts";
import type { AssignDialog_pool$key } from "./__generated__/AssignDialog_pool.graphql";
import type { AssignDialogMutation } from "./__generated__/AssignDialogMutation.graphql";
import { ModeField, type ShortageMode } from "./ModeField.tsx";

interface Props {
  readonly team: string;
  readonly pool: AssignDialog_pool$key;
  readonly onClose: () => void;
}

interface Answer {
  readonly problems: readonly Problem[];
  /** The names of the people who were sent, in their order. */
  readonly asked: readonly string[];
}

const NONE: readonly Problem[] = [];

/** Assigns seats of one product to people who are found by a search. */
export function AssignDialog({ team, pool, onClose }: Props) {
  const t = useWords(seatsWords);
  const { cancel } = useWords(partsWords);
  const { product, available } = useFragment(
    graphql`
      fragment AssignDialog_pool on Pool {
        available
        product {
          id
          name
        }
      }
    `,
    pool,
  );
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const [answer, setAnswer] = useState<Answer>({ problems: NONE, asked: [] });
  const assign = useAssign();
  const userIds = [...chosen.keys()];
  const save = async () => {
    const payload = await assign.send({ teamId: team, productId: product.id, userIds, mode, dryRun: false });
    if (!payload) return;
    setAnswer({ problems: payload.errors, asked: [...chosen.values()] });
    if (payload.seats.length === 0 && payload.waits.length === 0) return;
    showDone(t.assignedCount(payload.seats.length, payload.waits.length));
    // Those who got nothing stay chosen, and the list says why.
    const done = [...payload.seats.map(({ holder }) => holder?.id), ...payload.waits.map(({ member }) => member?.user.id)];
    const left = new Map([...chosen].filter(([userId]) => !done.includes(userId)));
    setChosen(left);
    if (left.size > 0) reload();
    else onClose(); // another address: the screen is read again
  };
  return (
    <Dialog title={t.assignPeopleTitle(product.name)} onClose={onClose}>
      <PeoplePicker
        team={team}
        label={t.findPeople}
        filter={{ withoutProductId: product.id }}
        chosen={chosen}
        onChange={setChosen}
      />
      <Form
        problems={NONE}
        onSubmit={() => void save()}
        buttons={
          <>
            <span className="quiet small">{t.chosen(chosen.size, available)}</span>
            <Button onClick={onClose}>{cancel}</Button>
            <Button type="submit" look="main" pending={assign.pending} reason={chosen.size === 0 ? t.typeToFind : null}>
              {t.assignCount(chosen.size)}
            </Button>
          </>
        }
      >
        <ModeField value={mode} onChange={setMode} />
        {answer.problems.length > 0 && (
          <Outcomes problems={answer.problems} nameOf={({ row }) => (row === null ? null : (answer.asked[row] ?? null))} />
        )}
      </Form>
    </Dialog>
  );
}

function useAssign() {
  return useMutation<AssignDialogMutation>(graphql`
    mutation AssignDialogMutation($input: AssignSeatsInput!) {
      assignSeats(input: $input) {
        seats {
          id
          holder {
            id
          }
        }
        waits {
          id
          member {
            user {
              id
            }
          }
        }
        pools {
          id
          assigned
          available
        }
        errors {
          ...problems_error @relay(mask: false)
        }
      }
    }
  `);
}
