// What stands around every screen for people who are signed in: the navigation, the team, the person.
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { graphql, useFragment } from "react-relay";
import { Button } from "../parts/Button.tsx";
import { Link } from "../router/Link.tsx";
import { shellWords } from "../words/shell.ts";
import { useWords, withWords } from "../words/words.ts";
import type { Shell_query$key } from "./__generated__/Shell_query.graphql";
import { useDestinations } from "./destinations.ts";
import icon from "./icon.svg";
import { Navigation } from "./Navigation.tsx";
import { PersonMenu } from "./PersonMenu.tsx";
import "./Shell.css";
import { presentTeam, rememberTeam } from "./teams.ts";
import { TeamSwitch } from "./TeamSwitch.tsx";

const Palette = lazy(() => withWords(import("./Palette.tsx")));

interface Props {
  readonly query: Shell_query$key;
  /** The team in the address, if it has one. */
  readonly teamId: string | undefined;
  readonly pathname: string;
  readonly children: ReactNode;
}

/** The navigation on the left and the screen beside it. */
export function Shell({ query, teamId, pathname, children }: Props) {
  const t = useWords(shellWords);
  const { viewer } = useFragment(
    graphql`
      fragment Shell_query on Query {
        viewer {
          id
          name
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
    `,
    query,
  );
  const teams = (viewer?.teams.edges ?? []).map(({ node }) => node);
  const team = presentTeam(teams, teamId);
  const [searching, setSearching] = usePalette();
  const [menuOpen, setMenuOpen] = useState(false);
  const [menuPath, setMenuPath] = useState(pathname);
  if (menuPath !== pathname) {
    setMenuPath(pathname);
    setMenuOpen(false);
  }
  useEffect(() => {
    if (team) rememberTeam(team.id);
  }, [team]);
  const places = useDestinations(team);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t.skip}
      </a>
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
              aria-expanded={menuOpen}
              aria-controls="side-body"
              onClick={() => {
                setMenuOpen(!menuOpen);
              }}
            />
          </span>
        </div>
        <div className="side-body" id="side-body" data-open={menuOpen}>
          {team && <TeamSwitch teams={teams} present={team} />}
          <button
            type="button"
            className="side-button"
            aria-keyshortcuts="Control+K Meta+K"
            onClick={() => {
              setSearching(true);
            }}
          >
            <span>{t.searchEverything}</span>
            <kbd>{SHORTCUT}</kbd>
          </button>
          <Navigation places={places} pathname={pathname} />
          {viewer && <PersonMenu name={viewer.name} />}
        </div>
      </header>
      <main className="content" id="main" tabIndex={-1}>
        <div className="screen">
          {team?.secondFactorMissing && <p className="notice">{t.secondFactorMissing}</p>}
          {children}
        </div>
      </main>
      {searching && (
        <Suspense>
          <Palette
            teamId={team?.id ?? null}
            places={places}
            onClose={() => {
              setSearching(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

const SHORTCUT = navigator.userAgent.includes("Mac") ? "⌘K" : "Ctrl+K";

/** Whether the search over everything is open. The keys open it from everywhere. */
function usePalette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener("keydown", press);
    return () => {
      removeEventListener("keydown", press);
    };
  }, []);
  return [open, setOpen] as const;
}
