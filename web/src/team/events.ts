// The actions of which the audit log of a team can have entries.
import type { Action } from "./__generated__/AuditScreenQuery.graphql";

/** The actions, in the order in which people choose them. */
export const EVENTS = [
  "SEATS_ASSIGN",
  "SEATS_UNASSIGN",
  "SEATS_REASSIGN",
  "REQUESTS_CREATE",
  "REQUESTS_ANSWER",
  "MEMBERS_INVITE",
  "MEMBERS_IMPORT",
  "MEMBERS_UPDATE",
  "MEMBERS_CHANGE_ROLE",
  "MEMBERS_REMOVE",
  "INVITATIONS_ACCEPT",
  "INVITATIONS_RESEND",
  "INVITATIONS_REVOKE",
  "GROUPS_CREATE",
  "GROUPS_UPDATE",
  "GROUPS_DELETE",
  "GROUPS_ASSIGN",
  "DEFAULTS_SET",
  "TEAMS_UPDATE",
  "TOKENS_CREATE",
  "TOKENS_ROTATE",
  "TOKENS_REVOKE",
  "SUBSCRIPTIONS_ADD",
  "SUBSCRIPTIONS_BEGIN",
  "SUBSCRIPTIONS_END",
  "SUBSCRIPTIONS_RENEW",
  "CONTRACTS_CREATE",
  "CONTRACTS_AMEND",
  "PAYMENTS_RECORD",
  "COMPANIES_CREATE",
  "COMPANIES_INVITE",
  "ACCOUNTS_DELETE",
  "MAILS_QUEUE",
  "MAILS_SEND",
  "RECORDS_DELETE",
  "DEMO_LOAD",
] as const satisfies readonly Action[];

/** Return the name in the graph of an action as the log names it: `seats:assign` is `SEATS_ASSIGN`. */
export function eventOf(action: string): (typeof EVENTS)[number] | null {
  const name = action.toUpperCase().replace(":", "_");
  return EVENTS.find((one) => one === name) ?? null;
}
