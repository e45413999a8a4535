import { words as en } from "./links.en.ts";
import { dictionary } from "./words.ts";

/** The texts of the pages for people who are not signed in, and of those that links in mails open. */
export const linksWords = dictionary(en, () => import("./links.de.ts"));
