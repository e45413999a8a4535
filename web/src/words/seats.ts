import { words as en } from "./seats.en.ts";
import { dictionary } from "./words.ts";

/** The texts about seats, pools, waiting lists and requests. */
export const seatsWords = dictionary(en, () => import("./seats.de.ts"));
