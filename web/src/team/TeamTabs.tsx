import { Tabs } from "../parts/Tabs.tsx";
import { teamWords } from "../words/team.ts";
import { useWords } from "../words/words.ts";
import { audit, history, settings, tokens } from "./routes.ts";

const TABS = { settings, tokens, audit, history };

/** The views of Team. */
export function TeamTabs({ team, current }: { readonly team: string; readonly current: keyof typeof TABS }) {
  const t = useWords(teamWords);
  const tabs = (["settings", "tokens", "audit", "history"] as const).map((name) => ({
    text: t.tabs[name],
    href: TABS[name].href({ team }),
    current: name === current,
  }));
  return <Tabs label={t.views} tabs={tabs} />;
}
