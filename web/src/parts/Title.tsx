import type { ReactNode } from "react";
import "./Title.css";

interface Props {
  readonly children: string;
  /** What stands beside it, such as the buttons of the screen. */
  readonly aside?: ReactNode;
}

/** The title of a screen: its first heading, which gets the focus after a navigation, and the title of the window. */
export function Title({ children, aside }: Props) {
  return (
    <div className="title">
      <title>{`${children} · Usher`}</title>
      <h1 tabIndex={-1} dir="auto">
        {children}
      </h1>
      {aside !== undefined && <div className="title-aside">{aside}</div>}
    </div>
  );
}
