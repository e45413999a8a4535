import type { ReactNode } from "react";
import { partsWords } from "../words/parts.ts";
import { useWords } from "../words/words.ts";
import { Button } from "./Button.tsx";
import type { Selection } from "./selection.ts";
import "./SelectionBar.css";

interface Props {
  readonly selection: Selection;
  /** How many rows match the filter. */
  readonly total: number;
  /** What can be done with the selected rows: buttons. */
  readonly children?: ReactNode;
}

/** How many rows are selected, all that match if the person wants, and what can be done with them. */
export function SelectionBar({ selection, total, children }: Props) {
  const t = useWords(partsWords);
  return (
    <>
      <span role="status" className="hidden-text">
        {selection.count > 0 && t.selected(selection.count)}
      </span>
      {selection.count > 0 && (
        <div className="selection-bar">
          <strong>{t.selected(selection.count)}</strong>
          {selection.count < total && (
            <Button look="plain" onClick={selection.selectAll}>
              {t.selectAll(total)}
            </Button>
          )}
          <Button look="plain" onClick={selection.clear}>
            {t.clearSelection}
          </Button>
          {children}
        </div>
      )}
    </>
  );
}
