import { words as en } from "./companies.en.ts";
import { dictionary } from "./words.ts";

/** The texts of the pages for the vendor's staff. */
export const companiesWords = dictionary(en, () => import("./companies.de.ts"));
