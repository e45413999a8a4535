import { words as en } from "./people.en.ts";
import { dictionary } from "./words.ts";

/** The texts of User Management. */
export const peopleWords = dictionary(en, () => import("./people.de.ts"));
