import { words as en } from "./palette.en.ts";
import { dictionary } from "./words.ts";

/** What else people call the screens: the search over everything finds them by these words, too. */
export const paletteWords = dictionary(en, () => import("./palette.de.ts"));
