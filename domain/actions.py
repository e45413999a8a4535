"""Every action the policy decides: one name for SQL, Python, Polar and the graph.

A name is `noun:verb`; the noun is what is touched, in the plural. `policy.polar` knows these and no other.
"""

from enum import StrEnum


class Action(StrEnum):
    """Something a subject may do, decided by `policy.polar`."""

    ACCOUNTS_CREATE = "accounts:create"
    SESSIONS_CREATE = "sessions:create"
    SESSIONS_END = "sessions:end"
    VIEWER_READ = "viewer:read"
    NODES_READ = "nodes:read"
    PRODUCTS_READ = "products:read"
    TEAMS_READ = "teams:read"
    MEMBERS_READ = "members:read"
    MEMBERS_INVITE = "members:invite"
    MEMBERS_IMPORT = "members:import"
    MEMBERS_CHANGE_ROLE = "members:change_role"
    MEMBERS_REMOVE = "members:remove"
    INVITATIONS_ACCEPT = "invitations:accept"
    INVITATIONS_RESEND = "invitations:resend"
    INVITATIONS_REVOKE = "invitations:revoke"
    EMAILS_READ = "emails:read"
    GROUPS_READ = "groups:read"
    GROUPS_CREATE = "groups:create"
    GROUPS_UPDATE = "groups:update"
    GROUPS_DELETE = "groups:delete"
    GROUPS_ASSIGN = "groups:assign"
    DEFAULTS_SET = "defaults:set"
    POOLS_READ = "pools:read"
    SEATS_READ = "seats:read"
    SEATS_ASSIGN = "seats:assign"
    SEATS_UNASSIGN = "seats:unassign"
    SEATS_REASSIGN = "seats:reassign"
    REQUESTS_CREATE = "requests:create"
    REQUESTS_READ = "requests:read"
    REQUESTS_ANSWER = "requests:answer"
    USAGE_READ = "usage:read"
    HISTORY_READ = "history:read"
    AUDIT_READ = "audit:read"
    POLICY_EXPLAIN = "policy:explain"
    TOKENS_READ = "tokens:read"
    TOKENS_CREATE = "tokens:create"
    TOKENS_REVOKE = "tokens:revoke"


class Scope(StrEnum):
    """What a partner token may be allowed to do. A scope is the action of the same name."""

    MEMBERS_READ = "members:read"
    MEMBERS_INVITE = "members:invite"
    MEMBERS_IMPORT = "members:import"
    MEMBERS_CHANGE_ROLE = "members:change_role"
    MEMBERS_REMOVE = "members:remove"
    INVITATIONS_RESEND = "invitations:resend"
    INVITATIONS_REVOKE = "invitations:revoke"
    EMAILS_READ = "emails:read"
    GROUPS_READ = "groups:read"
    GROUPS_CREATE = "groups:create"
    GROUPS_UPDATE = "groups:update"
    GROUPS_DELETE = "groups:delete"
    GROUPS_ASSIGN = "groups:assign"
    DEFAULTS_SET = "defaults:set"
    POOLS_READ = "pools:read"
    SEATS_READ = "seats:read"
    SEATS_ASSIGN = "seats:assign"
    SEATS_UNASSIGN = "seats:unassign"
    SEATS_REASSIGN = "seats:reassign"
    REQUESTS_READ = "requests:read"
    REQUESTS_ANSWER = "requests:answer"
    USAGE_READ = "usage:read"
    HISTORY_READ = "history:read"
    AUDIT_READ = "audit:read"

    @property
    def action(self) -> Action:
        """The one action this scope lets through."""
        return Action(self.value)
