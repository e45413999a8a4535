import { words as en } from "./team.en.ts";
import { dictionary } from "./words.ts";

/** The texts of Team: settings, partner tokens, audit log and history. */
export const teamWords = dictionary(en, () => import("./team.de.ts"));
