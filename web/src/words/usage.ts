import { words as en } from "./usage.en.ts";
import { dictionary } from "./words.ts";

/** The texts of Reporting. */
export const usageWords = dictionary(en, () => import("./usage.de.ts"));
