import type { ReactNode } from "react";
import "./Section.css";

interface Props {
  readonly title: string;
  /** What stands beside the title, such as buttons. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a screen, with its heading. */
export function Section({ title, aside, children }: Props) {
  return (
    <section className="section">
      <div className="section-head">
        <h2 dir="auto">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
