import { words as en } from "./access.en.ts";
import { dictionary } from "./words.ts";

/** The texts about signing in and about the person's account. */
export const accessWords = dictionary(en, () => import("./access.de.ts"));
