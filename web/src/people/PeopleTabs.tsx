import { byGroup } from "../groups/routes.ts";
import { Tabs } from "../parts/Tabs.tsx";
import { byProduct, requests } from "../seats/routes.ts";
import { peopleWords } from "../words/people.ts";
import { useWords } from "../words/words.ts";
import { byUser } from "./routes.ts";

const TABS = { byUser, byProduct, byGroup, requests };

/** The views of User Management. */
export function PeopleTabs({ team, current }: { readonly team: string; readonly current: keyof typeof TABS }) {
  const t = useWords(peopleWords);
  const tabs = (["byUser", "byProduct", "byGroup", "requests"] as const).map((name) => ({
    text: t.tabs[name],
    href: TABS[name].href({ team }),
    current: name === current,
  }));
  return <Tabs label={t.views} tabs={tabs} />;
}
