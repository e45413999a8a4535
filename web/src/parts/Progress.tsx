import { useId } from "react";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import "./Progress.css";

/** How far a long work is. */
export function Progress({ label, done, all }: { readonly label: string; readonly done: number; readonly all: number }) {
  const t = useWords(partsWords);
  const id = useId();
  return (
    <div className="progress">
      <label htmlFor={id}>{label}</label>
      <progress id={id} value={done} max={Math.max(all, 1)} />
      <span className="quiet small">{t.progress(done, all)}</span>
    </div>
  );
}

/** A line at the top of the window while the next screen is loaded. The present one stays until then. */
export function LoadingLine() {
  const t = useWords(partsWords);
  return (
    <div className="loading-line" role="status">
      <span className="hidden-text">{t.loading}</span>
    </div>
  );
}
