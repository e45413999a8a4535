import { useRef, useState } from "react";
import { graphql, useFragment } from "react-relay";
import type { Problem } from "../graph/problems.ts";
import { useMutation } from "../graph/useMutation.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
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

const POOL = graphql`
  fragment AssignDialog_pool on Pool {
    available
    product {
      id
      name
    }
  }
`;

const ASSIGN = graphql`
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
`;

/** Assigns seats of one product to people who are found by a search. */
export default function AssignDialog({ team, pool, onClose }: Props) {
  const t = useWords(seatsWords);
  const { cancel } = useWords(partsWords);
  const { product, available } = useFragment(POOL, pool);
  const [mode, setMode] = useState<ShortageMode>("ALL_OR_NOTHING");
  const { chosen, choose, answer, pending, assign } = useAssign(team, product.id, useClosing(onClose));
  const buttons = (
    <>
      <span className="quiet small">{t.chosen(chosen.size, available)}</span>
      <Button onClick={onClose}>{cancel}</Button>
      <Button type="submit" look="main" pending={pending} reason={chosen.size === 0 ? t.typeToFind : null}>
        {t.assignCount(chosen.size)}
      </Button>
    </>
  );
  return (
    <Dialog title={t.assignPeopleTitle(product.name)} onClose={onClose}>
      <PeoplePicker
        team={team}
        label={t.findPeople}
        filter={{ withoutProductId: product.id }}
        chosen={chosen}
        onChange={choose}
      />
      <Form problems={NONE} onSubmit={() => void assign(mode)} buttons={buttons}>
        <ModeField value={mode} onChange={setMode} />
        {answer.problems.length > 0 && (
          <Outcomes problems={answer.problems} nameOf={({ row }) => (row === null ? null : (answer.asked[row] ?? null))} />
        )}
      </Form>
    </Dialog>
  );
}

/** Holds the people who are chosen, and assigns a seat to each. Those who got nothing stay chosen, with the reason. */
function useAssign(teamId: string, productId: string, onDone: () => void) {
  const t = useWords(seatsWords);
  const [chosen, setChosen] = useState<Chosen>(new Map());
  // People may be chosen while a request runs, and its answer is not about them.
  const present = useRef(chosen);
  const choose = (next: Chosen) => {
    present.current = next;
    setChosen(next);
  };
  const [answer, setAnswer] = useState<Answer>({ problems: NONE, asked: [] });
  const { send, pending } = useMutation<AssignDialogMutation>(ASSIGN);
  const assign = async (mode: ShortageMode) => {
    const payload = await send({ teamId, productId, userIds: [...chosen.keys()], mode, dryRun: false });
    if (!payload) return;
    const { seats, waits, errors } = payload;
    setAnswer({ problems: errors, asked: [...chosen.values()] });
    if (seats.length === 0 && waits.length === 0) return;
    showDone(t.assignedCount(seats.length, waits.length));
    const done = [...seats.map(({ holder }) => holder?.id), ...waits.map(({ member }) => member?.user.id)];
    const left = new Map([...present.current].filter(([userId]) => !done.includes(userId)));
    choose(left);
    if (left.size > 0) reload();
    else onDone(); // another address: the screen is read again
  };
  return { chosen, choose, answer, pending, assign };
}
