import type { Ability } from "../graph/abilities.ts";
import { words as en } from "./parts.en.ts";
import { dictionary, wordsNow } from "./words.ts";

/** The texts of the parts that all screens use. */
export const partsWords = dictionary(en, () => import("./parts.de.ts"));

/** Return in the person's language what would have to change, or the text of Usher where a change has none here. */
export function reasonText({ action, reason, changes }: Ability): string {
  const texts = wordsNow(partsWords).reasons;
  const known = changes.map(({ fact, value }) => texts[`${action} ${fact} ${value}`] ?? texts[`${fact} ${value}`]);
  return known.length > 0 && known.every(Boolean) ? known.join(" ") : reason;
}
