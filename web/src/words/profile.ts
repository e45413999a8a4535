import { words as en } from "./profile.en.ts";
import { dictionary } from "./words.ts";

/** The texts about the person's own account. */
export const profileWords = dictionary(en, () => import("./profile.de.ts"));
