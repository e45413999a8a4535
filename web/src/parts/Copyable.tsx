import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import "./Copyable.css";
import "./Form.css";
import { useCopied } from "./useCopied.ts";

/** An id, an address or a secret, with a button that copies it. `what` names it: “Copy the id”. */
export function Copyable({ value, what }: { readonly value: string; readonly what: string }) {
  const t = useWords(partsWords);
  const { copied, copy, said } = useCopied(value);
  return (
    <>
      <span className="copyable">
        <code>{value}</code>
        {/* Without HTTPS a browser has no clipboard for pages. The text can be marked and copied then. */}
        {"clipboard" in navigator && (
          <Button look="plain" icon={copied ? "check" : "copy"} label={copied ? said : t.copy(what)} onClick={() => void copy()} />
        )}
      </span>
      <span role="status" className={copied === false ? "problem small" : "hidden-text"}>
        {said}
      </span>
    </>
  );
}
