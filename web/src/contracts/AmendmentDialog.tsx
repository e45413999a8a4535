// Asks before an amendment: what it costs and does, from a dry run. Then it makes the amendment.
import { type ReactNode, useMemo } from "react";
import { type Problem, stopping } from "../graph/problems.ts";
import type { Look } from "../parts/Button.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { DialogForm } from "../parts/DialogForm.tsx";
import { showDone, succeeded } from "../parts/toasts.ts";
import { useClosing } from "../parts/useClosing.ts";
import { useTriedChange } from "../parts/useTriedChange.ts";
import { reload } from "../router/router.ts";
import { contractsWords } from "../words/contracts.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";

interface Answer {
  readonly errors: readonly Problem[];
}

interface Props<A extends Answer> {
  readonly title: string;
  /** The text of the button. */
  readonly action: string;
  readonly look?: Look;
  /** What the person chose, and the version that they saw: another choice is tried again. Null if something is missing. */
  readonly choice: string | null;
  /** Make the amendment, or only try it. */
  readonly send: (dryRun: boolean) => Promise<A | null>;
  /** What the answer to a dry run says. */
  readonly quote?: (answer: A) => ReactNode;
  /** What a message says after it. */
  readonly done: string;
  readonly onClose: () => void;
  /** The fields. */
  readonly children?: ReactNode;
}

const NONE: readonly Problem[] = [];

/** The dialog of an amendment. If the subscription was changed meanwhile, a message says so, and it is read again. */
export function AmendmentDialog<A extends Answer>(props: Props<A>) {
  const { title, action, look = "main", choice, send, quote, done, onClose, children } = props;
  const t = useWords(contractsWords);
  const { tryAgain } = useWords(shellWords);
  const close = useClosing(onClose);
  const sendFresh = async (dryRun: boolean) => {
    const answer = await send(dryRun);
    if (!answer?.errors.some(({ code }) => code === "SUBSCRIPTION_CHANGED")) return answer;
    succeeded(answer); // a message stays when the new version is tried
    if (dryRun) reload();
    return answer;
  };
  const { shown, isMade, failed, pending, press } = useTriedChange(choice, sendFresh, () => {
    showDone(done);
    close(); // it goes to another address, so the screen is read again
  });
  const problems = useMemo(() => (shown ? stopping(shown.errors) : NONE), [shown]);
  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm
        action={failed ? tryAgain : action}
        look={look}
        reason={choice === null ? t.chooseFirst : null}
        pending={pending}
        problems={problems}
        onSubmit={() => void press()}
        onCancel={onClose}
      >
        {children}
        <div role="status">{shown && !isMade && problems.length === 0 && quote?.(shown)}</div>
      </DialogForm>
    </Dialog>
  );
}
