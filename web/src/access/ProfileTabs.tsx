import { preferences } from "../notices/routes.ts";
import { Tabs } from "../parts/Tabs.tsx";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";
import { profile, security, sessions } from "./routes.ts";
import "./Profile.css";

const TABS = { profile, security, sessions, preferences };

/** The parts of the profile. */
export function ProfileTabs({ current }: { readonly current: keyof typeof TABS }) {
  const t = useWords(profileWords);
  const tabs = (["profile", "security", "sessions", "preferences"] as const).map((name) => ({
    text: t.tabs[name],
    href: TABS[name].href({}),
    current: name === current,
  }));
  return <Tabs label={t.parts} tabs={tabs} />;
}
