// Search over everything: pages, people and products. Cmd-K or Ctrl-K opens it.
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { fetchQuery, graphql } from "react-relay";
import { readProducts } from "../catalogue/allProducts.ts";
import { products as productsRoute } from "../catalogue/routes.ts";
import { environment } from "../graph/environment.ts";
import { readRows } from "../graph/pages.ts";
import { useTried } from "../graph/useTried.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { folded } from "../parts/folded.ts";
import { member } from "../people/routes.ts";
import { navigate } from "../router/router.ts";
import { MAX_TEXT } from "../router/search.ts";
import { shellWords } from "../words/shell.ts";
import { useWords } from "../words/words.ts";
import type { PaletteQuery, PaletteQuery$data } from "./__generated__/PaletteQuery.graphql";
import type { Destination } from "./destinations.ts";
import { type Page, usePages } from "./pages.ts";
import "./Palette.css";

interface Props {
  readonly teamId: string | null;
  readonly places: readonly Destination[];
  readonly onClose: () => void;
}

interface Option {
  readonly id: string;
  readonly kind: "pages" | "people" | "products";
  readonly text: string;
  readonly href: string;
}

const PAUSE = 150;
const KINDS = ["pages", "people", "products"] as const;

/** The search over everything. */
export default function Palette({ teamId, places, onClose }: Props) {
  const t = useWords(shellWords);
  const id = useId();
  const [typed, setTyped] = useState("");
  const options = useOptions(teamId, places, typed);
  const open = (option: Option | undefined) => {
    if (!option) return;
    onClose();
    navigate(option.href);
  };
  const { present, reset, press } = useChoice(options, open);
  return (
    <Dialog title={t.searchEverything} onClose={onClose}>
      <div className="palette">
        <input
          className="input"
          role="combobox"
          aria-label={t.searchHint}
          placeholder={t.searchHint}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={present && `${id}-${present.id}`}
          autoComplete="off" maxLength={MAX_TEXT}
          dir="auto"
          // The dialog was opened to type here.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            reset();
          }}
          onKeyDown={press}
        />
        <Options {...{ id, options, present, open }} />
        <p role="status" className="quiet small">
          {options.length === 0 && t.noMatch}
        </p>
      </div>
    </Dialog>
  );
}

/** What matches: pages at once, products once they are all read, people a moment later. */
function useOptions(teamId: string | null, places: readonly Destination[], typed: string): readonly Option[] {
  const pages = usePages(teamId, places);
  const found = useFound(teamId, typed.trim());
  const products = useTried(teamId, () => readRows(readProducts));
  return useMemo(() => {
    const shown = pagesFor(pages, typed);
    if (teamId === null || typed.trim() === "") return shown;
    const href = productsRoute.href({ team: teamId });
    const named = (products ?? []).filter(({ name }) => matches(name, typed));
    return [
      ...shown,
      ...peopleOf(found, teamId, typed),
      ...named.map(({ id, name }) => ({ id, kind: "products" as const, text: name, href })),
    ];
  }, [pages, typed, found, products, teamId]);
}

/** The chosen option, and the keys that choose another one and open it. */
function useChoice(options: readonly Option[], open: (option: Option | undefined) => void) {
  const [chosen, setChosen] = useState(0);
  const at = Math.min(chosen, options.length - 1);
  const present = options[at];
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length) {
      event.preventDefault();
      setChosen((at + step + options.length) % options.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      open(present);
    }
  };
  const reset = () => {
    setChosen(0);
  };
  return { present, reset, press };
}

interface OptionsProps {
  readonly id: string;
  readonly options: readonly Option[];
  readonly present: Option | undefined;
  readonly open: (option: Option) => void;
}

function Options({ id, options, present, open }: OptionsProps) {
  const t = useWords(shellWords);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [present]);
  return (
    <div className="palette-list" role="listbox" id={id} ref={list} aria-label={t.searchEverything}>
      {KINDS.map((kind) => {
        const ofKind = options.filter((option) => option.kind === kind);
        return (
          ofKind.length > 0 && (
            <div key={kind} role="group" aria-label={t.results[kind]}>
              <h3 aria-hidden="true">{t.results[kind]}</h3>
              {ofKind.map((option) => (
                // The keyboard reaches the options through the field, as in every combobox.
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
                <div
                  key={option.id}
                  id={`${id}-${option.id}`}
                  role="option"
                  aria-selected={option === present}
                  className="palette-option"
                  dir="auto"
                  onClick={() => {
                    open(option);
                  }}
                >
                  {option.text}
                </div>
              ))}
            </div>
          )
        );
      })}
    </div>
  );
}

function matches(text: string, typed: string): boolean {
  return folded(text).includes(folded(typed.trim()));
}

/** The pages with all words that were typed: first those that have them in one of their names. */
function pagesFor(pages: readonly Page[], typed: string): readonly Option[] {
  const words = typed.trim().split(/\s+/);
  const has = (text: string) => words.every((word) => matches(text, word));
  const named = pages.filter(({ names }) => names.some(has));
  const meant = pages.filter((page) => !named.includes(page) && has([page.text, ...page.names, page.more].join(" ")));
  return [...named, ...meant].map(({ id, text, href }) => ({ id, kind: "pages", text, href }));
}

function peopleOf(found: Found | null, teamId: string, typed: string): readonly Option[] {
  if (!found) return [];
  return (found.data.team?.members.nodes ?? [])
    .map(({ id, user }) => ({
      id,
      kind: "people" as const,
      text: user.email === null ? user.name : `${user.name} · ${user.email}`,
      href: member.href({ team: teamId, member: id }),
    }))
    // Until the answer for a new text comes, those found for the text before stay only if they match the new one.
    .filter(({ text }) => found.typed === typed.trim() || matches(text, typed));
}

const search = graphql`
  query PaletteQuery($team: ID!, $search: String!) {
    team(id: $team) {
      members(first: 8, filter: { search: $search }) {
        nodes {
          id
          user {
            name
            email
          }
        }
      }
    }
  }
`;

/** What was found, and for which text. */
interface Found {
  readonly typed: string;
  readonly data: PaletteQuery$data;
}

/** Search the graph a moment after the person stops typing. */
function useFound(teamId: string | null, typed: string): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (teamId === null || typed === "") return;
    let subscription: { unsubscribe: () => void } | null = null;
    const timer = setTimeout(() => {
      subscription = fetchQuery<PaletteQuery>(environment, search, { team: teamId, search: typed }).subscribe({
        next: (data) => {
          setFound({ typed, data });
        },
        // The pages can still be chosen. Why Usher did not answer, the banner says.
        error: () => {
          setFound(null);
        },
      });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      subscription?.unsubscribe();
    };
  }, [teamId, typed]);
  return found;
}
