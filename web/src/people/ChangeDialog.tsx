// Asks before a change of many people: what it would do, from a dry run, and the number of people if they are many. Then
// it makes the change, and says who was left out.
import { type MouseEvent, type ReactNode, useState } from "react";
import type { Problem } from "../graph/problems.ts";
import { Button } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { TextField } from "../parts/Field.tsx";
import { Form } from "../parts/Form.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { useTriedChange } from "../parts/useTriedChange.ts";
import { partsWords } from "../words/parts.ts";
import { peopleWords } from "../words/people.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { type Effect, EffectList } from "./EffectList.tsx";
import { Outcomes } from "./Outcomes.tsx";

interface Props {
  readonly title: string;
  /** The text of the button. */
  readonly action: string;
  readonly danger?: boolean;
  /** How many people it is about. */
  readonly people: number;
  /** Make the change, or only try it. */
  readonly send: (dryRun: boolean) => Promise<Effect | null>;
  /** What the person chose in the fields: another choice is tried again. Null if something is missing. */
  readonly choice: string | null;
  readonly nameOf: (problem: Problem) => string | null;
  /** What a message says after it. */
  readonly done: string;
  readonly onDone?: () => void;
  readonly onClose: () => void;
  /** The fields. */
  readonly children?: ReactNode;
}

// From here on, a slip would be about more people than can be looked at.
const MANY = 10;
const NONE: readonly Problem[] = [];

/** Stop the second press of a double click: it would make what the first one only tried again. */
function onlyOnce(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}

/** The dialog of a change of many people. */
export function ChangeDialog(props: Props) {
  const { title, action, people, send, choice, nameOf, done, onClose, children } = props;
  const t = useWords(peopleWords);
  const parts = useWords(partsWords);
  const { tryAgain } = useWords(shellWords);
  const [typed, setTyped] = useState("");
  const close = useClosing(onClose);
  const { shown, isMade, failed, pending, press } = useTriedChange(choice, send, () => {
    showDone(done);
    (props.onDone ?? close)(); // it goes to another address, so the screen is read again
  });
  const confirmed = failed || people < MANY || typed.trim() === String(people);
  const reason = choice === null ? t.chooseFirst : confirmed ? null : t.typeNumber(people);
  const look = props.danger ? "danger main" : "main";
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        problems={NONE}
        onSubmit={() => void press()}
        buttons={
          <>
            <Button onClick={onClose}>{isMade ? parts.close : parts.cancel}</Button>
            <Button type="submit" look={look} reason={reason} pending={pending} onClick={onlyOnce}>
              {failed ? tryAgain : action}
            </Button>
          </>
        }
      >
        {children}
        <div role="status">{shown && <EffectList effect={shown} made={isMade} />}</div>
        {shown && shown.errors.length > 0 && <Outcomes problems={shown.errors} nameOf={nameOf} />}
        {people >= MANY && <CountField people={people} value={typed} onChange={setTyped} />}
      </Form>
    </Dialog>
  );
}

interface CountProps {
  readonly people: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Asks for the number of people, so that nobody changes many of them by a slip. */
function CountField({ people, value, onChange }: CountProps) {
  const t = useWords(peopleWords);
  return (
    <TextField
      name="expectedCount"
      label={t.typeNumber(people)}
      inputMode="numeric"
      autoComplete="off"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
