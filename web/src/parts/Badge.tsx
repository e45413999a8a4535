import type { ReactNode } from "react";
import "./Badge.css";

interface Props {
  /** The colour. It repeats what the text says: nobody has to tell colours apart. */
  readonly tone?: "plain" | "good" | "warn" | "bad";
  readonly children: ReactNode;
}

/** A state in one or two words. */
export function Badge({ tone = "plain", children }: Props) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
