import { useState } from "react";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import "./Copyable.css";

const SHOWN = 2_000;

/** An id, an address or a secret, with a button that copies it. `what` names it: “Copy the id”. */
export function Copyable({ value, what }: { readonly value: string; readonly what: string }) {
  const t = useWords(partsWords);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(setCopied, SHOWN, false);
  };
  return (
    <span className="copyable">
      <code>{value}</code>
      {/* Without HTTPS a browser has no clipboard for pages. The text can be marked and copied then. */}
      {"clipboard" in navigator && (
        <Button look="plain" icon={copied ? "check" : "copy"} label={copied ? t.copied : t.copy(what)} onClick={() => void copy()} />
      )}
      <span role="status" className="hidden-text">
        {copied && t.copied}
      </span>
    </span>
  );
}
