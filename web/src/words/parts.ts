import { words as en } from "./parts.en.ts";
import { dictionary } from "./words.ts";

/** The texts of the parts that all screens use. */
export const partsWords = dictionary(en, () => import("./parts.de.ts"));
