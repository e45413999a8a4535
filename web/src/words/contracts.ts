import { words as en } from "./contracts.en.ts";
import { dictionary } from "./words.ts";

/** The texts about contracts and subscriptions. */
export const contractsWords = dictionary(en, () => import("./contracts.de.ts"));
