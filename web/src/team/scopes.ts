// What a partner token may be allowed to do, in the groups in which people choose it.
import type { Scope } from "./__generated__/CreateTokenDialogMutation.graphql";

/** The groups, in their order. */
export const SCOPE_GROUPS = ["members", "groups", "seats", "contracts", "reports"] as const;

// The compiler finds a scope of the graph that is missing here.
const GROUP_OF = {
  MEMBERS_READ: "members",
  EMAILS_READ: "members",
  MEMBERS_INVITE: "members",
  MEMBERS_IMPORT: "members",
  MEMBERS_UPDATE: "members",
  MEMBERS_CHANGE_ROLE: "members",
  MEMBERS_REMOVE: "members",
  INVITATIONS_RESEND: "members",
  INVITATIONS_REVOKE: "members",
  GROUPS_READ: "groups",
  GROUPS_CREATE: "groups",
  GROUPS_UPDATE: "groups",
  GROUPS_DELETE: "groups",
  GROUPS_ASSIGN: "groups",
  DEFAULTS_SET: "groups",
  POOLS_READ: "seats",
  SEATS_READ: "seats",
  SEATS_ASSIGN: "seats",
  SEATS_UNASSIGN: "seats",
  SEATS_REASSIGN: "seats",
  REQUESTS_READ: "seats",
  REQUESTS_ANSWER: "seats",
  CONTRACTS_READ: "contracts",
  CONTRACTS_AMEND: "contracts",
  ORDERS_READ: "contracts",
  USAGE_READ: "reports",
  HISTORY_READ: "reports",
  AUDIT_READ: "reports",
} satisfies Record<Scope, (typeof SCOPE_GROUPS)[number]>;

/** Return the scopes of a group. */
export function scopesOf(group: (typeof SCOPE_GROUPS)[number]): readonly Scope[] {
  return (Object.keys(GROUP_OF) as Scope[]).filter((scope) => GROUP_OF[scope] === group);
}
