import { useState } from "react";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";

const SHOWN = 2_000;

/** How to copy a text, and whether that went well: null until it is tried. `said` tells it. */
export function useCopied(text: string) {
  const t = useWords(partsWords);
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(setCopied, SHOWN, null);
    } catch {
      setCopied(false); // the browser does not allow it
    }
  };
  return { copied, copy, said: copied === null ? "" : copied ? t.copied : t.notCopied };
}
