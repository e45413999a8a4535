import { useEffect, useRef, useState } from "react";
import { useStore } from "../graph/store.ts";
import { useErrorTexts } from "../words/errors.ts";
import { partsWords } from "../words/parts.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import { dismiss, type Toast, toasts } from "./toasts.ts";
import "./Toasts.css";

// Long enough to read it and to reach Undo by keyboard. Errors stay until the person takes them away, or until
// newer ones need their place.
const SHOWN = 12_000;

/** The messages at the edge of the page. They are read out, and wait while the pointer or the focus is on them. */
export function Toasts() {
  const t = useWords(partsWords);
  const shown = useStore(toasts);
  const [paused, setPaused] = useState(false);
  const region = useWayByKey();
  const pause = () => {
    setPaused(true);
  };
  const goOn = () => {
    setPaused(false);
  };
  const shownAs = (done: boolean) =>
    shown
      .filter(({ content }) => (content.kind === "done") === done)
      // A button that goes away with the focus or the pointer on it tells nobody that they have left.
      .map((toast) => <One key={toast.id} {...{ toast, paused }} onGone={goOn} />);
  return (
    // The listeners only stop the clock: nothing can be done with them.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={region}
      className="toasts"
      aria-label={t.messages}
      data-react-aria-top-layer // a dialog leaves it as it is, and a press here does not close one
      onPointerEnter={pause}
      onPointerMove={pause}
      onPointerLeave={goOn}
      onFocus={pause}
      onBlur={goOn}
    >
      <div role="status">{shownAs(true)}</div>
      <div role="alert">{shownAs(false)}</div>
    </section>
  );
}

/** F6 leads to the messages, also from a dialog, which keeps Tab within. What it returns belongs to their region. */
function useWayByKey() {
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    const go = (event: KeyboardEvent) => {
      const button = region.current?.querySelector("button");
      // From there, the key is the browser's own again.
      if (event.key !== "F6" || !button || region.current?.contains(document.activeElement)) return;
      event.preventDefault();
      button.focus();
    };
    addEventListener("keydown", go);
    return () => {
      removeEventListener("keydown", go);
    };
  }, []);
  return region;
}

interface OneProps {
  readonly toast: Toast;
  readonly paused: boolean;
  readonly onGone: () => void;
}

function One({ toast: { id, content }, paused, onGone }: OneProps) {
  const t = useWords(partsWords);
  const texts = useErrorTexts();
  const stays = paused || content.kind !== "done";
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(dismiss, SHOWN, id);
    return () => {
      clearTimeout(timer);
    };
  }, [id, stays]);
  const close = () => {
    dismiss(id);
    onGone();
  };
  return (
    <div className={`toast ${content.kind}`}>
      <p>
        {content.kind === "done" && content.text}
        {content.kind === "refused" && texts.problem(content.problem)}
        {content.kind === "failed" && <Failure {...content} text={texts.failure(content.code)} />}
      </p>
      {content.kind === "done" && content.undo && (
        <Button
          look="plain"
          onClick={() => {
            close();
            content.undo?.();
          }}
        >
          {t.undo}
        </Button>
      )}
      <Button look="plain" icon="close" label={t.dismiss} onClick={close} />
    </div>
  );
}

function Failure({ text, requestId }: { readonly text: string; readonly requestId: string | null }) {
  const t = useWords(shellWords);
  return (
    <>
      {text}
      {requestId !== null && (
        <span className="quiet small">
          {" "}
          {t.requestId} <code>{requestId}</code>
        </span>
      )}
    </>
  );
}
