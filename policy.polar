# Who may do what in Usher.
#
# This file is the one source of truth. permissions.lock spells out every decision it makes.
# A target's `role` is what the subject is in the target's team at this moment, or nothing.
# For a partner token that is the role of the person who granted it: who loses a role, or leaves
# the team, takes the right of their tokens along.

# --- Who asks ---------------------------------------------------------------------------------

actor Anonymous {}  # nobody signed in
actor Person {}     # somebody signed in
actor Partner {}    # a partner token

# Each rule about the gateway itself says whom it is for.
allow(subject: Actor, action, gateway: Gateway) if
    has_permission(subject, action, gateway);

# A person may do in a team what the rules below give their role there.
allow(person: Person, action, target) if
    has_permission(person, action, target);

# A partner token may do what its grantor may do now, and of that only what its scopes name.
# There is no scope for tokens:*, so a token never makes, lists or revokes tokens.
allow(partner: Partner, action, target) if
    action in partner.scopes and
    has_permission(partner, action, target);

# Its own team is the one thing of the team it sees without a scope.
allow(partner: Partner, "teams:read", team) if
    has_permission(partner, "teams:read", team);

# --- Roles ------------------------------------------------------------------------------------

# A contract manager may do whatever a software coordinator may, and a coordinator whatever a user may.
resource InTeam {
    roles = ["user", "software_coordinator", "contract_manager"];

    "user" if "software_coordinator";
    "software_coordinator" if "contract_manager";
}

has_role(_: Actor, role: String, target: InTeam) if
    role = target.role;

# --- The gateway: signing in, and what concerns no team ---------------------------------------

resource Gateway {
    permissions = [
        "accounts:create", "sessions:create", "sessions:end", "invitations:accept", "viewer:read", "nodes:read",
        "products:read"
    ];
}

# Anybody may open an account and sign in, also somebody who is signed in already.
has_permission(_: Anonymous, "accounts:create", _: Gateway);
has_permission(_: Anonymous, "sessions:create", _: Gateway);
has_permission(_: Person, "accounts:create", _: Gateway);
has_permission(_: Person, "sessions:create", _: Gateway);

# Whoever has the link of an invitation may accept it: the secret in the link says to whom it was sent.
has_permission(_: Anonymous, "invitations:accept", _: Gateway);
has_permission(_: Person, "invitations:accept", _: Gateway);

# A person may sign out and ask who they are. A token has no session and is nobody.
has_permission(_: Person, "sessions:end", _: Gateway);
has_permission(_: Person, "viewer:read", _: Gateway);

# Looking a node up by its id shows nothing by itself: its own rule decides next.
has_permission(_: Person, "nodes:read", _: Gateway);
has_permission(_: Partner, "nodes:read", _: Gateway);

# The catalogue of products is public to whoever is signed in.
has_permission(_: Person, "products:read", _: Gateway);
has_permission(_: Partner, "products:read", _: Gateway);

# --- Teams ------------------------------------------------------------------------------------

# Members see their team; somebody who is invited is no member yet. User management is for coordinators: pools and
# groups, what groups and the team give, requests for seats, who held what and when, what was done by whom, and why
# somebody may do something or not. Whatever gives or takes a seat on the way is decided as such too, for each person.
resource Team {
    permissions = [
        "teams:read", "pools:read", "groups:read", "groups:create", "groups:update", "groups:delete", "groups:assign",
        "defaults:set", "requests:answer", "tokens:create", "history:read", "audit:read", "policy:explain"
    ];
    roles = ["user", "software_coordinator"];

    "teams:read" if "user";
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
}

# --- Partner tokens ---------------------------------------------------------------------------

resource Token {
    permissions = ["tokens:read", "tokens:revoke"];
    roles = ["software_coordinator"];

    "tokens:read" if "software_coordinator";
    "tokens:revoke" if "software_coordinator";
}

# --- Members ----------------------------------------------------------------------------------

# Coordinators see everybody in the team, invited people too, and what everybody asks for. A user sees only themselves.
resource Member {
    permissions = [
        "members:read", "emails:read", "members:invite", "members:import", "invitations:resend", "invitations:revoke",
        "members:change_role", "members:remove", "requests:create", "requests:read"
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
}

# A coordinator makes and unmakes users and coordinators: nobody gives or takes away a right that they do not hold
# themselves. Here `contract_manager` says that the member is one, was invited as one, or is to become one.
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

# Nobody changes their own role, neither up nor down; a token does not change its grantor's.
has_permission(subject: Actor, "members:change_role", member: Member) if
    member.own = false and
    has_role(subject, "contract_manager", member);

has_permission(subject: Actor, "members:change_role", member: Member) if
    member.own = false and
    member.contract_manager = false and
    has_role(subject, "software_coordinator", member);

# Whoever is in the team may ask for a seat for themselves, and see what they asked for. No scope lets a token ask.
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

# Coordinators see and take back everybody's seats. A user sees their own seats and their own usage.
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

# Coordinators give seats to others. Here `own` says that who acts is also the one who receives.
has_permission(subject: Actor, "seats:assign", seat: Seat) if
    seat.own = false and
    has_role(subject, "software_coordinator", seat);

has_permission(subject: Actor, "seats:reassign", seat: Seat) if
    seat.own = false and
    has_role(subject, "software_coordinator", seat);

# In a team that does not separate the two duties they may give one to themselves too. A user never may.
has_permission(subject: Actor, "seats:assign", seat: Seat) if
    seat.separation_of_duties = false and
    has_role(subject, "software_coordinator", seat);

has_permission(subject: Actor, "seats:reassign", seat: Seat) if
    seat.separation_of_duties = false and
    has_role(subject, "software_coordinator", seat);
