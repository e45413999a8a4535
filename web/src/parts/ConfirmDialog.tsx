import type { ReactNode } from "react";
import type { Problem } from "../graph/problems.ts";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import "./Form.css";
import { Problems } from "./Problems.tsx";

interface Props {
  readonly title: string;
  /** What it does, in a few words: the text of the button. */
  readonly action: string;
  readonly pending: boolean;
  readonly problems: readonly Problem[];
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What follows from it. */
  readonly children: ReactNode;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, action, pending, problems, onConfirm, onClose, children }: Props) {
  const t = useWords(partsWords);
  return (
    <Dialog title={title} alert onClose={onClose}>
      {children}
      <Problems problems={problems} />
      <div className="form-buttons">
        <Button onClick={onClose}>{t.cancel}</Button>
        <Button look="danger main" pending={pending} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
