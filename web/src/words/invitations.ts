import { words as en } from "./invitations.en.ts";
import { dictionary } from "./words.ts";

/** The texts about invitations and imports. */
export const invitationsWords = dictionary(en, () => import("./invitations.de.ts"));
