import { Ago } from "../parts/Ago.tsx";
import { profileWords } from "../words/profile.ts";
import { useWords } from "../words/words.ts";

/** When something that a person signs in with was used last. */
export function LastUsed({ at }: { readonly at: string | null }) {
  const t = useWords(profileWords);
  return at === null ? <span className="quiet">{t.never}</span> : <Ago at={at} />;
}
