import type { ReactNode } from "react";
import "./EmptyState.css";

interface Props {
  readonly title: string;
  /** Why it is empty, and what the person can do. */
  readonly hint: string;
  /** The next step: a button or a link. */
  readonly children?: ReactNode;
}

/** What a list shows if it has no rows: never only that it is empty, but the next step. */
export function EmptyState({ title, hint, children }: Props) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="quiet">{hint}</p>
      {children}
    </div>
  );
}
