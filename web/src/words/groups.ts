import { words as en } from "./groups.en.ts";
import { dictionary } from "./words.ts";

/** The texts about groups. */
export const groupsWords = dictionary(en, () => import("./groups.de.ts"));
