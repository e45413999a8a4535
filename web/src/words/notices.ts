import { words as en } from "./notices.en.ts";
import { dictionary } from "./words.ts";

/** The texts of the notices about contracts. */
export const noticesWords = dictionary(en, () => import("./notices.de.ts"));
