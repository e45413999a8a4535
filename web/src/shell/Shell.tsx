// What stands around every screen for people who are signed in: the navigation, the team, the person.
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { graphql, useFragment } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Link } from "../router/Link.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import type { Shell_query$key } from "./__generated__/Shell_query.graphql";
import { type Destination, destinationsOf } from "./destinations.ts";
import icon from "./icon.svg";
import { Navigation } from "./Navigation.tsx";
import { PersonMenu } from "./PersonMenu.tsx";
import "./Shell.css";
import { presentTeam, rememberTeam } from "./teams.ts";
import { TeamSwitch } from "./TeamSwitch.tsx";

const Palette = lazy(() => withWords(() => import("./Palette.tsx")));

interface Props {
  readonly query: Shell_query$key;
  /** The team in the address, if it has one. */
  readonly teamId: string | undefined;
  readonly pathname: string;
  readonly children: ReactNode;
}

const fragment = graphql`
  fragment Shell_query on Query {
    viewer {
      id
      name
      staff: viewerCan(actions: [COMPANIES_READ]) {
        allowed
      }
      teams(first: 50) @connection(key: "Shell_teams") {
        edges {
          node {
            id
            name
            secondFactorMissing
            ...destinations_team
          }
        }
      }
    }
  }
`;

/** The navigation on the left and the screen beside it. */
export function Shell({ query, teamId, pathname, children }: Props) {
  const t = useWords(shellWords);
  const { viewer } = useFragment(fragment, query);
  const teams = (viewer?.teams.edges ?? []).map(({ node }) => node);
  const team = presentTeam(teams, teamId);
  const places = destinationsOf(team, viewer?.staff.some(({ allowed }) => allowed));
  useEffect(() => {
    if (team) rememberTeam(team.id);
  }, [team]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t.skip}
      </a>
      <Side pathname={pathname}>
        {team && <TeamSwitch teams={teams} present={team} />}
        <Search teamId={team?.id ?? null} places={places} />
        <Navigation places={places} pathname={pathname} />
        {viewer && <PersonMenu name={viewer.name} />}
      </Side>
      <main className="content" id="main" tabIndex={-1}>
        <div className="screen">
          {team?.secondFactorMissing && <p className="notice">{t.secondFactorMissing}</p>}
          {children}
        </div>
      </main>
    </div>
  );
}

/** The side: above the screen on a narrow window, where a button opens what it has. */
function Side({ pathname, children }: Pick<Props, "pathname" | "children">) {
  const t = useWords(shellWords);
  const [open, setOpen] = useState(false);
  const [openedAt, setOpenedAt] = useState(pathname);
  if (openedAt !== pathname) {
    setOpenedAt(pathname);
    setOpen(false);
  }
  return (
    <header className="side">
      <div className="side-head">
        <Link className="brand" href="/">
          <img src={icon} alt="" />
          Usher
        </Link>
        <span className="side-menu">
          <Button
            look="plain"
            icon="menu"
            label={t.menu}
            aria-expanded={open}
            aria-controls="side-body"
            onClick={() => {
              setOpen(!open);
            }}
          />
        </span>
      </div>
      <div className="side-body" id="side-body" data-open={open}>
        {children}
      </div>
    </header>
  );
}

const SHORTCUT = navigator.userAgent.includes("Mac") ? "⌘K" : "Ctrl+K";

/** The button of the search over everything, and the search. */
function Search(props: { readonly teamId: string | null; readonly places: readonly Destination[] }) {
  const t = useWords(shellWords);
  const [open, setOpen] = useSearchKeys();
  return (
    <>
      <button
        type="button"
        className="side-button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => {
          setOpen(true);
        }}
      >
        <span>{t.searchEverything}</span>
        <kbd>{SHORTCUT}</kbd>
      </button>
      <Suspense>
        {open && (
          <Palette
            {...props}
            onClose={() => {
              setOpen(false);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

/** Whether the search over everything is open. The keys open it from everywhere but a dialog. */
function useSearchKeys() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      // An open dialog comes first: it may show what is shown only once.
      if (!document.querySelector(".dialog")) setOpen(true);
    };
    addEventListener("keydown", press);
    return () => {
      removeEventListener("keydown", press);
    };
  }, []);
  return [open, setOpen] as const;
}
