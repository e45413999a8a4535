import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";

interface Props {
  /** The text of the button that sends the form. */
  readonly action: string;
  readonly danger?: boolean;
  readonly pending: boolean;
  readonly onClose: () => void;
}

/** The buttons of a form in a dialog: to leave it, and to send it. */
export function DialogButtons({ action, danger = false, pending, onClose }: Props) {
  const t = useWords(partsWords);
  return (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button type="submit" look={danger ? "danger main" : "main"} pending={pending}>
        {action}
      </Button>
    </>
  );
}
