// A dialog over the page. The focus goes into it, stays there, and returns to where it came from.
import { type ReactNode, useEffect, useState } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components/Modal";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import "./Dialog.css";
import { focusPlace } from "./focus.ts";

interface Props {
  readonly title: string;
  /** Close it: by Escape, the button at its top, or a press beside it. A dialog without it has to be answered. */
  readonly onClose?: () => void;
  /** Whether it asks before something that cannot be taken back. */
  readonly alert?: boolean;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A dialog. It is open as long as it is rendered. */
export function Dialog({ title, onClose, alert = false, wide = false, children }: Props) {
  const t = useWords(partsWords);
  return (
    <ModalOverlay
      className="shade"
      isOpen
      isDismissable={onClose !== undefined && !alert}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(open) => {
        if (!open) onClose?.();
      }}
    >
      <Modal className={wide ? "dialog-box wide" : "dialog-box"}>
        <AriaDialog className="dialog" role={alert ? "alertdialog" : "dialog"}>
          <FocusReturn />
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {onClose && <Button look="plain" icon="close" label={t.close} onClick={onClose} />}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/**
 * Gives the focus back when the dialog is gone. React Aria tries it in the next frame, when the page may still be inert: if
 * a transition of the router closes the dialog, React ends effects later. The effects of what is around this component
 * end before its own, so the page can take the focus then; and as the first part of the dialog it ends before one within.
 */
function FocusReturn() {
  const [goBack] = useState(() => focusPlace());
  useEffect(
    () => () => {
      if (document.activeElement === document.body) goBack();
    },
    [goBack],
  );
  return null;
}
