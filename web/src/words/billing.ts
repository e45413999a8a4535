import { words as en } from "./billing.en.ts";
import { dictionary } from "./words.ts";

/** The texts of Billing and Orders. */
export const billingWords = dictionary(en, () => import("./billing.de.ts"));
