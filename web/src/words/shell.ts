import { words as en } from "./shell.en.ts";
import { dictionary } from "./words.ts";

/** The texts around the screens. */
export const shellWords = dictionary(en, () => import("./shell.de.ts"));
