import { Tabs } from "../parts/Tabs.tsx";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import { byGroup, byProduct, byUser } from "./routes.ts";

const TABS = { byUser, byProduct, byGroup };

/** The three views of User Management. */
export function PeopleTabs({ team, current }: { readonly team: string; readonly current: keyof typeof TABS }) {
  const t = useWords(peopleWords);
  const tabs = (["byUser", "byProduct", "byGroup"] as const).map((name) => ({
    text: t.tabs[name],
    href: TABS[name].href({ team }),
    current: name === current,
  }));
  return <Tabs label={t.views} tabs={tabs} />;
}
