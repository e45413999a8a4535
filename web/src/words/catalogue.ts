import { words as en } from "./catalogue.en.ts";
import { dictionary } from "./words.ts";

/** The texts about products, and the seats that a person has of them. */
export const catalogueWords = dictionary(en, () => import("./catalogue.de.ts"));
