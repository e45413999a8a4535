// The pages that the search over everything knows: the places of the navigation, and the screens within each.
import { useMemo } from "react";
import { security, sessions } from "../access/routes.ts";
import { orders } from "../billing/routes.ts";
import { contracts } from "../contracts/routes.ts";
import { byGroup } from "../groups/routes.ts";
import { invite } from "../invitations/routes.ts";
import { notices, preferences } from "../notices/routes.ts";
import { byProduct, requests } from "../seats/routes.ts";
import { audit, history, tokens } from "../team/routes.ts";
import { billingWords } from "../words/billing.ts";
import { paletteWords } from "../words/palette.ts";
import { peopleWords } from "../words/people.ts";
import { profileWords } from "../words/profile.ts";
import { shellWords } from "../words/shell.ts";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import type { Destination } from "./destinations.ts";

/** A page of the console. `more` has the words by which people look for it, beside its names. */
export interface Page {
  readonly id: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly more: string;
  readonly href: string;
}

/** Return the pages that a person sees, who sees these places. */
export function usePages(teamId: string | null, places: readonly Destination[]): readonly Page[] {
  const words = usePageWords();
  return useMemo(() => {
    const { shell, people, team, profile } = words;
    // The first screen of a place is the place itself. It has the name of its tab, too.
    const tabs: Partial<Record<Destination["id"], string>> = {
      people: people.tabs.byUser,
      team: team.tabs.settings,
      profile: profile.tabs.profile,
    };
    const within = pagesWithin(words, { team: teamId ?? "" });
    return places.flatMap(({ id, href }) => [
      { ...pageOf(words, id, shell[id], href), names: [shell[id], tabs[id] ?? ""] },
      ...(within[id] ?? []).map((one) => ({ ...one, text: `${one.text} · ${shell[id]}` })),
    ]);
  }, [teamId, places, words]);
}

function usePageWords() {
  const shell = useWords(shellWords);
  const more = useWords(paletteWords);
  const people = useWords(peopleWords);
  const team = useWords(teamWords);
  const profile = useWords(profileWords);
  const billing = useWords(billingWords);
  return useMemo(() => ({ shell, more, people, team, profile, billing }), [shell, more, people, team, profile, billing]);
}

type Words = ReturnType<typeof usePageWords>;

function pageOf({ more }: Words, id: keyof Words["more"], text: string, href: string): Page {
  return { id, text, names: [text], more: more[id], href };
}

/** The screens within each place, without its first one. */
function pagesWithin(words: Words, of: { readonly team: string }): Partial<Record<Destination["id"], readonly Page[]>> {
  const { shell, people, team, profile, billing } = words;
  const page = (id: keyof Words["more"], text: string, href: string) => pageOf(words, id, text, href);
  return {
    people: [
      page("byProduct", people.tabs.byProduct, byProduct.href(of)),
      page("byGroup", people.tabs.byGroup, byGroup.href(of)),
      page("requests", people.tabs.requests, requests.href(of)),
      page("invite", people.invite, invite.href(of)),
    ],
    billing: [
      page("contracts", shell.contracts, contracts.href(of)),
      page("orders", billing.tabs.orders, orders.href(of)),
      page("notices", billing.tabs.notices, notices.href(of)),
    ],
    team: [
      page("tokens", team.tabs.tokens, tokens.href(of)),
      page("audit", team.tabs.audit, audit.href(of)),
      page("history", team.tabs.history, history.href(of)),
    ],
    profile: [
      page("security", profile.tabs.security, security.href({})),
      page("sessions", profile.tabs.sessions, sessions.href({})),
      page("preferences", profile.tabs.preferences, preferences.href({})),
    ],
  };
}
