# This file says who may do what in Usher.
#
# It is the only source of permissions. permissions.lock lists every decision that it makes.
# The `role` of a target is the present role of the subject in the target's team, or nil. It is "unproven_coordinator" or
# "unproven_manager" if the team requires a second factor of those who manage it, and the session has none (for a token:
# if the grantor has set up none).
# For a partner token, it is the role of the person who granted the token. So if this person
# loses the role, their tokens lose the same rights. If they leave the team, their tokens are revoked.

# --- Subjects ---------------------------------------------------------------------------------

actor Anonymous {}  # nobody is signed in
actor Person {}     # a signed-in person
actor Partner {}    # a partner token
actor System {}     # a command or a job of Usher itself; no credential leads to it

# Each rule about the gateway itself names the kind of subject.
allow(subject: Actor, action, gateway: Gateway) if
    has_permission(subject, action, gateway);

# In a team, a person may do what the rules below allow for their role.
allow(person: Person, action, target) if
    has_permission(person, action, target);

# A partner token may do an action if its grantor may do it now, and if the token has the scope of the action.
# There is no scope for tokens:*, so a token can never create, list, rotate or revoke tokens.
allow(partner: Partner, action, target) if
    action in partner.scopes and
    has_permission(partner, action, target);

# A partner token may read its own team without a scope, but nothing else in the team.
allow(partner: Partner, "teams:read", team) if
    has_permission(partner, "teams:read", team);

# A command or a job has no role in any team. In a team it may do only what a rule below names it for.
allow(system: System, action, target: InTeam) if
    target.role = nil and
    has_permission(system, action, target);

# A command of the operator belongs to no staff, and may do everything in the business of the vendor.
allow(_: System, _, business: Business) if
    business.staff = false;

# --- Roles ------------------------------------------------------------------------------------

# A contract manager may do all that a software coordinator may do, and a coordinator all that a user may do. In a team
# that requires a second factor of them, they may do only what a user may do until they sign in with one.
resource InTeam {
    roles = ["user", "software_coordinator", "contract_manager", "unproven_coordinator", "unproven_manager"];

    "user" if "software_coordinator";
    "software_coordinator" if "contract_manager";
    "user" if "unproven_coordinator";
    "user" if "unproven_manager";
}

has_role(_: Actor, role: String, target: InTeam) if
    role = target.role;

# --- The gateway: signing in, and actions that belong to no team ------------------------------

resource Gateway {
    permissions = [
        "accounts:create", "accounts:reset", "accounts:update", "accounts:change_password", "accounts:change_email",
        "accounts:confirm_email", "accounts:delete", "second_factors:update", "sessions:create", "sessions:end",
        "invitations:accept", "viewer:read", "tokens:read_own", "nodes:read", "products:read", "products:withdraw",
        "mails:queue", "mails:send", "records:delete", "demo:load", "vendors:grant", "vendors:revoke", "identities:link",
        "identities:match", "identities:unlink",
        "passkeys:read", "passkeys:add", "passkeys:rename", "passkeys:remove"
    ];
}

# Everybody may open an account and sign in, even a person who is already signed in.
has_permission(_: Anonymous, "accounts:create", _: Gateway);
has_permission(_: Anonymous, "sessions:create", _: Gateway);
has_permission(_: Person, "accounts:create", _: Gateway);
has_permission(_: Person, "sessions:create", _: Gateway);

# Everybody may ask for a link to set a new password: it goes to the address of the account. Everybody who has such a
# link may use it, because the secret in the link identifies the account.
has_permission(_: Anonymous, "accounts:reset", _: Gateway);
has_permission(_: Person, "accounts:reset", _: Gateway);

# A command of the operator makes such a link.
has_permission(_: System, "accounts:reset", _: Gateway);

# A person may change the password and the e-mail address of their own account.
has_permission(_: Person, "accounts:change_password", _: Gateway);
has_permission(_: Person, "accounts:change_email", _: Gateway);

# The links that confirm and undo the change of an e-mail address identify the change.
has_permission(_: Anonymous, "accounts:confirm_email", _: Gateway);
has_permission(_: Person, "accounts:confirm_email", _: Gateway);

# A person may set up and remove their own second factor. A command of the operator removes it if the person lost it.
has_permission(_: Person, "second_factors:update", _: Gateway);
has_permission(_: System, "second_factors:update", _: Gateway);

# A person who signs in by OpenID Connect for the first time gets the account with the address that the provider has
# verified.
has_permission(_: Anonymous, "identities:match", _: Gateway);

# A signed-in person may add such a sign-in to their account, whatever its address is, and remove it.
has_permission(_: Person, "identities:link", _: Gateway);
has_permission(_: Person, "identities:unlink", _: Gateway);

# Everybody who has the link of an invitation may accept it, because the secret in the link identifies the invitation.
has_permission(_: Anonymous, "invitations:accept", _: Gateway);
has_permission(_: Person, "invitations:accept", _: Gateway);

# A person may change the names and the language of their own account, and delete it. There is no scope for it.
has_permission(_: Person, "accounts:update", _: Gateway);
has_permission(_: Person, "accounts:delete", _: Gateway);

# A person may end their sessions and read who they are. A token has no session and is not a person.
has_permission(_: Person, "sessions:end", _: Gateway);
has_permission(_: Person, "viewer:read", _: Gateway);

# A token may read its own name, scopes and end.
has_permission(_: Partner, "tokens:read_own", _: Gateway);

# A person may see and change their own passkeys. A token has none.
has_permission(_: Person, "passkeys:read", _: Gateway);
has_permission(_: Person, "passkeys:add", _: Gateway);
has_permission(_: Person, "passkeys:rename", _: Gateway);
has_permission(_: Person, "passkeys:remove", _: Gateway);

# `nodes:read` alone shows nothing: after a node is found by its id, the rule of its own type decides.
has_permission(_: Person, "nodes:read", _: Gateway);
has_permission(_: Partner, "nodes:read", _: Gateway);

# Every signed-in person and every partner token may read the catalogue of products.
has_permission(_: Person, "products:read", _: Gateway);
has_permission(_: Partner, "products:read", _: Gateway);

# Commands and jobs queue and send mails, delete records whose time is over, and load the demo company.
has_permission(_: System, "mails:queue", _: Gateway);
has_permission(_: System, "mails:send", _: Gateway);
has_permission(_: System, "records:delete", _: Gateway);
has_permission(_: System, "demo:load", _: Gateway);

# Only commands of the operator say who belongs to the vendor's staff, and which products are sold no more. They find
# products by name, too.
has_permission(_: System, "vendors:grant", _: Gateway);
has_permission(_: System, "vendors:revoke", _: Gateway);
has_permission(_: System, "products:read", _: Gateway);
has_permission(_: System, "products:withdraw", _: Gateway);

# --- The business of the vendor: companies, their subscriptions, and the catalogue --------------

# The role `vendor` belongs to the vendor's staff, and to no team. The staff sees what the vendor sold: contracts, orders
# and invoices. It gives no right to anything else of a customer, such as people and who holds a seat.
resource Business {
    permissions = [
        "companies:read", "companies:create", "companies:invite", "contracts:create", "subscriptions:add",
        "products:add", "payments:record", "announcements:send"
    ];
    roles = ["vendor"];

    "companies:read" if "vendor";
    "companies:create" if "vendor";
    "companies:invite" if "vendor";
    "contracts:create" if "vendor";
    "subscriptions:add" if "vendor";
    "products:add" if "vendor";
    "payments:record" if "vendor";
    "announcements:send" if "vendor";
}

# Only the command `usher vendor grant` gives the role. No scope stands for these actions, so no token can do them.
has_role(_: Actor, "vendor", business: Business) if
    business.staff = true;

# --- Teams ------------------------------------------------------------------------------------

# Members see their team; an invited person is not a member yet. Coordinators manage pools, groups, the products that
# groups and the team give, and requests for seats. They also read the history of seats, the audit log and explanations
# of decisions. If such an action also gives or takes seats, that is decided for each person too, by the rules of seats.
# Coordinators change the name and the language of the team, too. Only contract managers change its rules: whether it
# separates duties, and whether it requires a second factor. Else a coordinator could switch off what limits them.
# Coordinators see contracts without prices. Only contract managers see prices, orders and invoices, and amend contracts:
# those of the contract's home team. To move seats, they need it in both teams.
resource Team {
    permissions = [
        "teams:read", "pools:read", "groups:read", "groups:create", "groups:update", "groups:delete", "groups:assign",
        "defaults:set", "requests:answer", "tokens:create", "history:read", "audit:read", "policy:explain",
        "teams:update", "teams:secure", "contracts:read", "contracts:amend", "orders:read"
    ];
    roles = ["user", "software_coordinator", "contract_manager"];

    "teams:read" if "user";
    "teams:update" if "software_coordinator";
    "teams:secure" if "contract_manager";
    "pools:read" if "software_coordinator";
    "groups:read" if "software_coordinator";
    "groups:create" if "software_coordinator";
    "groups:update" if "software_coordinator";
    "groups:delete" if "software_coordinator";
    "groups:assign" if "software_coordinator";
    "defaults:set" if "software_coordinator";
    "requests:answer" if "software_coordinator";
    "tokens:create" if "software_coordinator";
    "history:read" if "software_coordinator";
    "audit:read" if "software_coordinator";
    "policy:explain" if "software_coordinator";
    "contracts:read" if "software_coordinator";
    "contracts:amend" if "contract_manager";
    "orders:read" if "contract_manager";
}

# --- Partner tokens ---------------------------------------------------------------------------

resource Token {
    permissions = ["tokens:read", "tokens:revoke"];
    roles = ["software_coordinator"];

    "tokens:read" if "software_coordinator";
    "tokens:revoke" if "software_coordinator";
}

# --- Members ----------------------------------------------------------------------------------

# Coordinators see all members and invited people of the team, and all requests. Users see only themselves.
resource Member {
    permissions = [
        "members:read", "emails:read", "members:invite", "members:import", "invitations:resend", "invitations:revoke",
        "members:update", "members:change_role", "members:remove", "accounts:rename", "requests:create",
        "requests:read", "tokens:rotate", "notices:set"
    ];
    roles = ["software_coordinator", "contract_manager"];

    "members:read" if "software_coordinator";
    "emails:read" if "software_coordinator";
    "requests:read" if "software_coordinator";
    "members:invite" if "contract_manager";
    "members:import" if "contract_manager";
    "invitations:resend" if "contract_manager";
    "invitations:revoke" if "contract_manager";
    "members:remove" if "contract_manager";
    "members:update" if "contract_manager";
}

# Coordinators add and remove users and coordinators, because nobody may give or take away a right that they do not have
# themselves. Here `contract_manager` is true if the member is one, was invited as one, or is to become one.
has_permission(subject: Actor, "members:invite", member: Member) if
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

has_permission(subject: Actor, "members:import", member: Member) if
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

has_permission(subject: Actor, "invitations:resend", member: Member) if
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

has_permission(subject: Actor, "invitations:revoke", member: Member) if
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

has_permission(subject: Actor, "members:remove", member: Member) if
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

# To update a member is to correct the external id, which is nobody's `own`, or the names in an open invitation; here
# `contract_manager` is true if those of one change. It is also needed to edit roles and groups, besides their actions.
has_permission(subject: Actor, "members:update", member: Member) if
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

has_permission(subject: Actor, "members:update", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

# After that, the names belong to the person's account, which may be in other teams, too. So only the person may change
# them. There is no scope for it.
has_permission(subject: Actor, "accounts:rename", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

# Nobody may change their own role, neither up nor down. A token may not change the role of its grantor.
has_permission(subject: Actor, "members:change_role", member: Member) if
    member.own = false and
    has_role(subject, "contract_manager", member);

has_permission(subject: Actor, "members:change_role", member: Member) if
    member.own = false and
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

# A new secret of a token acts with the rights of its grantor. So only the grantor may make one, and nobody else can act
# through rights that they do not have. Here the member is the grantor of the token.
has_permission(subject: Actor, "tokens:rotate", member: Member) if
    member.own = true and
    has_role(subject, "software_coordinator", member);

# Every member may set how they get notices about contracts while they are a contract manager; nobody else gets any.
# There is no scope for it.
has_permission(subject: Actor, "notices:set", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

# Every member may request a seat for themselves and read their own requests. There is no scope to request seats.
has_permission(subject: Actor, "requests:create", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

has_permission(subject: Actor, "requests:read", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

has_permission(subject: Actor, "members:read", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

has_permission(subject: Actor, "emails:read", member: Member) if
    member.own = true and
    has_role(subject, "user", member);

# --- Seats ------------------------------------------------------------------------------------

# Coordinators may read and take back everybody's seats. Users see their own seats and their own usage.
resource Seat {
    permissions = ["seats:read", "usage:read", "seats:assign", "seats:unassign", "seats:reassign"];
    roles = ["software_coordinator"];

    "seats:read" if "software_coordinator";
    "usage:read" if "software_coordinator";
    "seats:unassign" if "software_coordinator";
}

has_permission(subject: Actor, "seats:read", seat: Seat) if
    seat.own = true and
    has_role(subject, "user", seat);

has_permission(subject: Actor, "usage:read", seat: Seat) if
    seat.own = true and
    has_role(subject, "user", seat);

# Coordinators give seats to others. Here `own` is true if the subject is also the person who receives the seat.
has_permission(subject: Actor, "seats:assign", seat: Seat) if
    seat.own = false and
    has_role(subject, "software_coordinator", seat);

has_permission(subject: Actor, "seats:reassign", seat: Seat) if
    seat.own = false and
    has_role(subject, "software_coordinator", seat);

# If the team does not separate the two duties, coordinators may also give a seat to themselves. Users never may.
has_permission(subject: Actor, "seats:assign", seat: Seat) if
    seat.separation_of_duties = false and
    has_role(subject, "software_coordinator", seat);

has_permission(subject: Actor, "seats:reassign", seat: Seat) if
    seat.separation_of_duties = false and
    has_role(subject, "software_coordinator", seat);

# --- Subscriptions ----------------------------------------------------------------------------

resource Subscription {
    permissions = ["subscriptions:begin", "subscriptions:renew", "subscriptions:end"];
}

# The daily job `calendar` serves the waiting list when a subscription begins, renews it, and takes its seats back after
# its end.
has_permission(_: System, "subscriptions:begin", _: Subscription);
has_permission(_: System, "subscriptions:renew", _: Subscription);
has_permission(_: System, "subscriptions:end", _: Subscription);
