import type { ReactNode } from "react";
import type { Problem } from "../graph/problems.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button, type Look } from "./Button.tsx";
import { Form } from "./Form.tsx";

interface Props {
  /** What it does, in a few words: the text of the button. */
  readonly action: string;
  readonly look?: Look;
  /** Why it may not be sent now. */
  readonly reason?: string | null;
  readonly pending: boolean;
  readonly problems: readonly Problem[];
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/** The form of a dialog, with a button to cancel and one to send it. */
export function DialogForm({ action, look = "main", reason = null, pending, problems, onSubmit, onCancel, children }: Props) {
  const t = useWords(partsWords);
  return (
    <Form
      problems={problems}
      onSubmit={onSubmit}
      buttons={
        <>
          <Button onClick={onCancel}>{t.cancel}</Button>
          <Button type="submit" look={look} reason={reason} pending={pending}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Form>
  );
}
