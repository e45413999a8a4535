// Tabs within a screen. Each is an address, so Back, a new tab of the browser and a link in a mail reach it: they are
// links in a navigation, not the tabs of a program.
import { Link } from "../router/Link.tsx";
import "./Tabs.css";

/** A tab: its text, and where it leads. */
export interface Tab {
  readonly text: string;
  readonly href: string;
  readonly current: boolean;
}

/** The tabs of a screen. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ text, href, current }) => (
        <Link key={href} href={href} aria-current={current ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
