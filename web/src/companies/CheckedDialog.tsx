// Asks before a change that the staff makes in the business of others: first it is checked by a dry run, then made.
import { type ReactNode, useMemo, useState } from "react";
import { type Problem, stopping } from "../graph/problems.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { showDone } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { useTriedChange } from "../parts/useTriedChange.ts";
import { companiesWords } from "../words/companies.ts";
import { useWords } from "../words/words.ts";

interface Answer {
  readonly errors: readonly Problem[];
}

interface Props<I extends object, A extends Answer> {
  readonly title: string;
  /** The text of the button that makes the change. */
  readonly action: string;
  /** What was filled in; null if something is missing. */
  readonly input: I | null;
  /** Make the change, or only try it. */
  readonly send: (input: I & { readonly dryRun: boolean }) => Promise<A | null>;
  /** What the change would do, from the answer to the dry run. */
  readonly effect: (answer: A) => ReactNode;
  /** What a message says after it. */
  readonly done: string;
  readonly onClose: () => void;
  /** The fields. */
  readonly children: ReactNode;
}

const NONE: readonly Problem[] = [];

/** The dialog of a change that is checked before it is made. What is filled in after the check is checked again. */
export function CheckedDialog<I extends object, A extends Answer>(props: Props<I, A>) {
  const { title, action, input, send, effect, done, onClose, children } = props;
  const t = useWords(companiesWords);
  const close = useClosing(onClose);
  const [checks, setChecks] = useState({ count: 0, input: "" });
  const filled = JSON.stringify(input);
  const choice = input !== null && checks.input === filled ? `${checks.count} ${filled}` : null;
  const sendInput = async (dryRun: boolean) => (input === null ? null : send({ ...input, dryRun }));
  const { shown, isMade, failed, pending, press } = useTriedChange(choice, sendInput, () => {
    showDone(done);
    close(); // it goes to another address, so the screen is read again
  });
  const problems = useMemo(() => (shown ? stopping(shown.errors) : NONE), [shown]);
  const isChecked = shown !== null && !isMade && problems.length === 0;
  const submit = () => {
    if (isChecked) void press();
    else setChecks(({ count }) => ({ count: count + 1, input: filled }));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm
        action={isChecked ? action : t.check}
        reason={input === null ? t.fillIn : null}
        pending={pending && !failed}
        problems={problems}
        onSubmit={submit}
        onCancel={onClose}
      >
        {children}
        <div role="status">{isChecked && effect(shown)}</div>
      </DialogForm>
    </Dialog>
  );
}
