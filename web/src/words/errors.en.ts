import type { ProblemCode } from "../graph/problems.ts";
import { type ErrorText, pluralIn } from "./words.ts";

const plural = pluralIn("en");

function wait(seconds: number | null): string {
  if (seconds === null) return "Try again later.";
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return plural(seconds, { one: "Try again in 1 second.", other: `Try again in ${String(seconds)} seconds.` });
  return plural(minutes, { one: "Try again in 1 minute.", other: `Try again in ${String(minutes)} minutes.` });
}

/** What each code of `UserErrorCode` means, for people. */
const problems = {
  ACCOUNT_UNVERIFIED: "An account with this address exists, but nobody has verified the address yet. Open the link in the mail first.",
  ALREADY_ASSIGNED: "This person holds a seat of the product already.",
  ALREADY_IN_GROUP: "This person is in the group already.",
  ALREADY_IN_ROLE: "This person has the role already.",
  ALREADY_MEMBER: "This person is a member of the team already, or is invited already.",
  ALREADY_OUT_OF_GROUP: "This person is not in the group.",
  ALREADY_REQUESTED: "You have asked for a seat of this product already. Nobody has answered yet.",
  AMOUNT_INVALID: "The amount is not positive, or more than is owed.",
  CHALLENGE_INVALID: "This sign-in has expired, or had too many wrong codes. Begin again.",
  CODE_INVALID: "The code is wrong, too old, or was used before.",
  CONFIRM_NEEDED: ({ count }) => count === null ? "This changes more than you saw. Confirm it first." : plural(count, { one: "This is about 1 person now. Look again, and confirm the number.", other: `This is about ${String(count)} people now. Look again, and confirm the number.` }),
  CONTRACT_MANAGER_EXISTS: "The company has a contract manager already.",
  DAY_INVALID: "The day is in the future.",
  DUPLICATE: "This person is in the list twice.",
  EMAIL_DIFFERS: "The invitation was sent to another address than the one you are signed in with.",
  EMAIL_INVALID: "This is not an e-mail address.",
  EMAIL_TAKEN: "An account with this address exists.",
  EMAIL_UNVERIFIED: "The provider has not verified your address. Verify it there, or sign in in another way.",
  EXPIRY_INVALID: "A token must end in the future, in at most 366 days.",
  EXTERNAL_ID_INVALID: "An external id has 1 to 100 visible characters.",
  EXTERNAL_ID_KEPT: "This person keeps the external id that they have.",
  EXTERNAL_ID_TAKEN: "Another person has this external id.",
  GROUP_NOT_FOUND: "The team has no such group.",
  IDENTITY_DIFFERS: "Your account is linked to another person at this provider.",
  IDENTITY_ENDED: "A sign-in at this provider was removed from your account. Sign in in another way, and add it in your profile.",
  IDENTITY_TAKEN: "Another account is linked to this person at the provider.",
  INVALID_CREDENTIALS: "The address or the password is wrong, or the address is not verified.",
  INVITATION_ACCEPTED: "You have accepted this invitation already.",
  INVITATION_EXPIRED: "The invitation has expired. Ask for a new one.",
  INVITATION_INVALID: "There is no such invitation, or it was revoked or replaced. Ask for a new one.",
  LAST_CONTRACT_MANAGER: "A team must keep at least one contract manager. Make somebody else one first.",
  LEAVERS_UNKNOWN: "A row of the file was rejected, so nobody was removed. Correct the row, and send the file again.",
  LINK_INVALID: "The link is not complete, has expired, was used, or was replaced by a newer one.",
  LIST_EMPTY: "Choose at least one.",
  LIST_TOO_LONG: "These are more than 5,000 people. Choose fewer.",
  MAIL_PAUSED: ({ retryAfter }) => `A mail was sent to this address a moment ago. ${wait(retryAfter)}`,
  NAME_INVALID: "A name has 1 to 100 characters, and at least one of them is visible.",
  NAME_TAKEN: "This name is taken. Case, accents and spaces do not matter.",
  NO_POOL: "The team has no seats of this product.",
  NO_SEAT_LEFT: "No seat is left.",
  NOT_ASSIGNED: "This person holds no seat of the product.",
  NOT_FOUND: "This person is not a member of the team any more.",
  NOT_IN_GROUP: "This person is not in the group any more.",
  PASSKEY_REFUSED: "The passkey was not accepted. Try again.",
  PASSKEY_TAKEN: "An account has this passkey already.",
  PASSKEY_UNKNOWN: "No account has this passkey. It may have been removed.",
  PASSWORD_FIRST: "The password was reset. Sign in with the password, and with the passkey as the second step.",
  PASSWORD_INVALID: "A password has 10 to 200 characters, and no control characters.",
  PASSWORD_NEEDED: "You signed in some time ago. Enter your password to confirm.",
  PROVIDER_MISSING: "This sign-in has not been set up.",
  REASON_INVALID: "The reason is empty or too long.",
  REFERENCE_INVALID: "The reference is empty or too long.",
  REFERENCE_TAKEN: "A payment has this reference already.",
  REQUEST_ANSWERED: "This request has been answered or withdrawn already.",
  SCOPE_NOT_HELD: "You may not do this yourself, so your token may not do it either.",
  SEAT_CHANGED: "Somebody else holds the seat now. Look again.",
  SEATS_INVALID: "The number of seats is too small or too large.",
  SECRET_SHOWN_ONCE: "Secrets and recovery codes are shown once, and are not stored. If you do not have them, make new ones.",
  SECOND_FACTOR_EXISTS: "Your account has an authenticator app already. Remove it first.",
  SECOND_FACTOR_NEEDED: "This needs a second factor. Set one up, or sign in with it, first.",
  SEPARATION_OF_DUTIES: "Your team separates duties: nobody may assign a seat to themselves, so you were left out.",
  SIGN_IN_AGAIN: "You signed in some time ago, or without your second factor. Sign in again.",
  SIGN_IN_OVER: "This sign-in was used already, or took too long. Begin again.",
  SIGN_IN_FIRST: "An account with this address exists. Sign in to it first.",
  SOURCE_REMAINS: "A group or the default of the team still gives this seat.",
  SUBSCRIPTION_INACTIVE: "The subscription of this seat is not active.",
  TERM_INVALID: "The subscription would end before it starts, or before today.",
  TOKEN_ENDED: "The token is revoked or has expired. Create a new one.",
  TOKEN_ROTATED: ({ retryAfter }) => `The token was rotated a short time ago, and both secrets work. ${wait(retryAfter)}`,
  TOO_MANY_ATTEMPTS: ({ retryAfter }) => `There were too many attempts. ${wait(retryAfter)}`,
  TOO_MANY_PASSKEYS: "Your account has 20 passkeys. Remove one first.",
  WAITING: "No seat is left. The person is on the waiting list now.",
} satisfies Record<ProblemCode, ErrorText>;

/** What stops a whole request. */
const failures = {
  UNREACHABLE: "Usher does not answer. Try again in a moment: nothing is done twice.",
  FORBIDDEN: "You may not do this. Your role may have changed.",
  NOT_FOUND: "It is not there any more, or you may not see it.",
  BAD_USER_INPUT: "Usher cannot take one of the values. Correct it, and try again.",
  IDEMPOTENCY_KEY_REUSED: "Another change was sent in the place of this one. Try again.",
  PAYLOAD_TOO_LARGE: "The file is too large.",
  ANSWER_TOO_LARGE: "The answer is too large. Choose fewer.",
  PERSISTED_QUERY_NOT_FOUND: "Usher was updated. Load the page again.",
  UNTRUSTED_DOCUMENT: "Usher was updated. Load the page again.",
  INTERNAL: "Usher failed, and nothing was changed. Tell the operator the number of the request.",
};

export const words = { problems, failures };
