import type { ReactNode } from "react";
import "./Facts.css";

interface Props {
  /** Each fact: what it is, and its value. */
  readonly facts: readonly (readonly [string, ReactNode])[];
}

/** A few facts about one thing, each with its name. */
export function Facts({ facts }: Props) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
