"""Every action that the policy decides. SQL, Python, Polar and the graph use the same name for it.

A name has the form `noun:verb`. The noun is in the plural and names what the action reads or changes. `policy.polar`
declares all of these actions and no others.
"""

from domain.described import DescribedText


class Action(DescribedText):
    """Something that an actor may want to do. `policy.polar` decides whether the actor may do it."""

    ACCOUNTS_CREATE = "accounts:create", "Sign up, and verify the address."
    ACCOUNTS_RESET = "accounts:reset", "Set a new password with a link."
    ACCOUNTS_UPDATE = "accounts:update", "Change the names and the language of your own account."
    ACCOUNTS_CHANGE_PASSWORD = "accounts:change_password", "Change the password of your own account."
    ACCOUNTS_CHANGE_EMAIL = "accounts:change_email", "Change the e-mail address of your own account."
    ACCOUNTS_CONFIRM_EMAIL = "accounts:confirm_email", "Confirm or undo the change of an e-mail address with a link."
    SECOND_FACTORS_UPDATE = "second_factors:update", "Set up and remove one's own second factor."
    ACCOUNTS_DELETE = "accounts:delete", "Delete your own account."
    SESSIONS_CREATE = "sessions:create", "Sign in."
    SESSIONS_END = "sessions:end", "Sign out, and end your other sessions."
    IDENTITIES_LINK = "identities:link", "Add a sign-in by OpenID Connect to one's own account."
    IDENTITIES_MATCH = (
        "identities:match",
        "Sign in by OpenID Connect for the first time, to the account that has the verified address.",
    )
    IDENTITIES_UNLINK = "identities:unlink", "Remove a sign-in by OpenID Connect from one's own account."
    PASSKEYS_READ = "passkeys:read", "See your own passkeys."
    PASSKEYS_ADD = "passkeys:add", "Add a passkey to your own account."
    PASSKEYS_RENAME = "passkeys:rename", "Rename your own passkeys."
    PASSKEYS_REMOVE = "passkeys:remove", "Remove your own passkeys."
    VIEWER_READ = "viewer:read", "Read the person who is signed in."
    NODES_READ = "nodes:read", "Look up an object by its id; whether it may be read is decided for itself."
    PRODUCTS_READ = "products:read", "Read the catalogue of products."
    PRODUCTS_ADD = "products:add", "Add a product to the catalogue."
    PRODUCTS_WITHDRAW = "products:withdraw", "Set the last day on which a product is sold; done by a command."
    COMPANIES_READ = "companies:read", "See companies, and their contracts, orders and invoices; not their people."
    COMPANIES_CREATE = "companies:create", "Create a company with its first contract manager."
    COMPANIES_INVITE = "companies:invite", "Invite the first contract manager of a company again."
    SUBSCRIPTIONS_ADD = "subscriptions:add", "Add a subscription to a team."
    CONTRACTS_CREATE = "contracts:create", "Create a contract of a team."
    ANNOUNCEMENTS_SEND = "announcements:send", "Write to the contract managers of all teams, or of some."
    PAYMENTS_RECORD = "payments:record", "Record payments, and issue credit notes."
    TEAMS_READ = "teams:read", "See a team."
    TEAMS_UPDATE = "teams:update", "Change the name and the language of a team."
    TEAMS_SECURE = "teams:secure", "Set whether a team separates duties, and whether it requires a second factor."
    MEMBERS_READ = "members:read", "See the members of a team, without their e-mail addresses."
    MEMBERS_INVITE = "members:invite", "Invite people to a team."
    MEMBERS_IMPORT = "members:import", "Invite people from a file."
    MEMBERS_UPDATE = "members:update", "Correct the names of invited people, and edit members."
    ACCOUNTS_RENAME = "accounts:rename", "Change the names of an account; only the person may do this."
    MEMBERS_CHANGE_ROLE = "members:change_role", "Change the role of a member."
    MEMBERS_REMOVE = "members:remove", "Remove members from a team."
    INVITATIONS_ACCEPT = "invitations:accept", "Accept an invitation with its link."
    INVITATIONS_RESEND = "invitations:resend", "Send an invitation again."
    INVITATIONS_REVOKE = "invitations:revoke", "Revoke an invitation."
    EMAILS_READ = "emails:read", "Read e-mail addresses, and search and sort by them."
    GROUPS_READ = "groups:read", "See groups, their members, and which group gives a seat."
    GROUPS_CREATE = "groups:create", "Create groups."
    GROUPS_UPDATE = "groups:update", "Rename groups, and change their members."
    GROUPS_DELETE = "groups:delete", "Delete groups."
    GROUPS_ASSIGN = "groups:assign", "Set the products that a group gives to its members."
    DEFAULTS_SET = "defaults:set", "Set the products that a team gives to every member."
    POOLS_READ = "pools:read", "See how many seats a team has, and how many of them are available."
    SEATS_READ = "seats:read", "See seats and why people hold them."
    SEATS_ASSIGN = "seats:assign", "Assign a seat to a person."
    SEATS_UNASSIGN = "seats:unassign", "Take a seat back from a person."
    SEATS_REASSIGN = "seats:reassign", "Move a seat from one person to another."
    REQUESTS_CREATE = "requests:create", "Ask for a seat."
    REQUESTS_READ = "requests:read", "Read requests for seats."
    REQUESTS_ANSWER = "requests:answer", "Answer a request for a seat."
    USAGE_READ = "usage:read", "Read how much a seat is used."
    HISTORY_READ = "history:read", "Read who held a seat on a given day."
    CONTRACTS_READ = "contracts:read", "See contracts and their subscriptions, without prices."
    CONTRACTS_AMEND = "contracts:amend", "Amend contracts: their seats, terms and contact person."
    ORDERS_READ = "orders:read", "See prices, orders, invoices and payments."
    AUDIT_READ = "audit:read", "Read the audit log of a team."
    POLICY_EXPLAIN = "policy:explain", "Ask why somebody else may or may not do something."
    NOTICES_SET = "notices:set", "Set how one gets the notices about contracts."
    TOKENS_READ = "tokens:read", "See the partner tokens of a team."
    TOKENS_CREATE = "tokens:create", "Create a partner token."
    TOKENS_REVOKE = "tokens:revoke", "Revoke a partner token."
    TOKENS_ROTATE = "tokens:rotate", "Give a partner token a new secret; only its grantor may do this."
    TOKENS_READ_OWN = "tokens:read_own", "Read the partner token that is used."
    SUBSCRIPTIONS_BEGIN = (
        "subscriptions:begin",
        "Give the seats of a subscription that has begun to the waiting list; done by a job.",
    )
    SUBSCRIPTIONS_RENEW = (
        "subscriptions:renew",
        "Renew a subscription, and carry out what was scheduled for its renewal; done by a job.",
    )
    SUBSCRIPTIONS_END = "subscriptions:end", "Take back the seats of a subscription that has ended; done by a job."
    MAILS_QUEUE = (
        "mails:queue",
        "Queue a test mail, or a notice that a token or a contract ends; done by a command or a job.",
    )
    MAILS_SEND = "mails:send", "Send a queued mail; done by a job."
    RECORDS_DELETE = "records:delete", "Delete records after their time; done by a job."
    DEMO_LOAD = "demo:load", "Load the demo company or generated data; done by a command."
    VENDORS_GRANT = "vendors:grant", "Give a person the role of the vendor's staff; done by a command."
    VENDORS_REVOKE = "vendors:revoke", "Take the role of the vendor's staff away; done by a command."


CONTRACT_ACTIONS = (
    Action.CONTRACTS_CREATE,
    Action.CONTRACTS_AMEND,
    Action.SUBSCRIPTIONS_ADD,
    Action.SUBSCRIPTIONS_RENEW,
    Action.PAYMENTS_RECORD,
    Action.PRODUCTS_WITHDRAW,
    Action.NOTICES_SET,
)
"""The actions whose entries in the audit log are shown only to those who may see orders.

They tell of prices, and of what contract managers are told.
"""


BUSINESS_ACTIONS = (
    Action.COMPANIES_READ,
    Action.COMPANIES_CREATE,
    Action.COMPANIES_INVITE,
    Action.CONTRACTS_CREATE,
    Action.SUBSCRIPTIONS_ADD,
    Action.PRODUCTS_ADD,
    Action.PAYMENTS_RECORD,
    Action.ANNOUNCEMENTS_SEND,
)
"""The actions of the vendor's staff: those on the business of the vendor, and on nothing of a team."""


class Scope(DescribedText):
    """Something that a partner token can be allowed to do. A scope stands for the action of the same name."""

    MEMBERS_READ = "members:read", "See the members of a team, without their e-mail addresses."
    MEMBERS_INVITE = "members:invite", "Invite people to a team."
    MEMBERS_IMPORT = "members:import", "Invite people from a file."
    MEMBERS_UPDATE = "members:update", "Correct the names of invited people, and edit members."
    MEMBERS_CHANGE_ROLE = "members:change_role", "Change the role of a member."
    MEMBERS_REMOVE = "members:remove", "Remove members from a team."
    INVITATIONS_RESEND = "invitations:resend", "Send an invitation again."
    INVITATIONS_REVOKE = "invitations:revoke", "Revoke an invitation."
    EMAILS_READ = "emails:read", "Read e-mail addresses, and search and sort by them."
    GROUPS_READ = "groups:read", "See groups, their members, and which group gives a seat."
    GROUPS_CREATE = "groups:create", "Create groups."
    GROUPS_UPDATE = "groups:update", "Rename groups, and change their members."
    GROUPS_DELETE = "groups:delete", "Delete groups."
    GROUPS_ASSIGN = "groups:assign", "Set the products that a group gives to its members."
    DEFAULTS_SET = "defaults:set", "Set the products that a team gives to every member."
    POOLS_READ = "pools:read", "See how many seats a team has, and how many of them are available."
    SEATS_READ = "seats:read", "See seats and why people hold them."
    SEATS_ASSIGN = "seats:assign", "Assign a seat to a person."
    SEATS_UNASSIGN = "seats:unassign", "Take a seat back from a person."
    SEATS_REASSIGN = "seats:reassign", "Move a seat from one person to another."
    REQUESTS_READ = "requests:read", "Read requests for seats."
    REQUESTS_ANSWER = "requests:answer", "Answer a request for a seat."
    USAGE_READ = "usage:read", "Read how much a seat is used."
    HISTORY_READ = "history:read", "Read who held a seat on a given day."
    CONTRACTS_READ = "contracts:read", "See contracts and their subscriptions, without prices."
    CONTRACTS_AMEND = "contracts:amend", "Amend contracts: their seats, terms and contact person."
    ORDERS_READ = "orders:read", "See prices, orders, invoices and payments."
    AUDIT_READ = "audit:read", "Read the audit log of a team."

    @property
    def action(self) -> Action:
        """The one action that this scope allows."""
        return Action(self.value)
