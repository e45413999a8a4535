"""Every action that the policy decides. SQL, Python, Polar and the graph use the same name for it.

A name has the form `noun:verb`. The noun is in the plural and names what the action reads or changes. `policy.polar`
declares all of these actions and no others.
"""

from enum import StrEnum


class Action(StrEnum):
    """Something that an actor may want to do. `policy.polar` decides whether the actor may do it."""

    ACCOUNTS_CREATE = "accounts:create"
    SESSIONS_CREATE = "sessions:create"
    SESSIONS_END = "sessions:end"
    VIEWER_READ = "viewer:read"
    NODES_READ = "nodes:read"
    PRODUCTS_READ = "products:read"
    PRODUCTS_ADD = "products:add"
    COMPANIES_CREATE = "companies:create"
    SUBSCRIPTIONS_ADD = "subscriptions:add"
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
    SUBSCRIPTIONS_BEGIN = "subscriptions:begin"
    SUBSCRIPTIONS_END = "subscriptions:end"
    MAILS_QUEUE = "mails:queue"
    MAILS_SEND = "mails:send"
    RECORDS_DELETE = "records:delete"
    DEMO_LOAD = "demo:load"
    VENDORS_GRANT = "vendors:grant"
    VENDORS_REVOKE = "vendors:revoke"


class Scope(StrEnum):
    """Something that a partner token can be allowed to do. A scope stands for the action of the same name."""

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
        """The one action that this scope allows."""
        return Action(self.value)
