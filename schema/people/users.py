"""Accounts."""

from datetime import datetime

import strawberry

from db.people.users import UserRow
from resolvers.access import identities, own_sessions, passkeys, second_factors
from resolvers.people import profiles, users
from schema.core.enums import Language
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import (
    IdentityConnection,
    MemberConnection,
    PasskeyConnection,
    SeatConnection,
    SecondFactorsRef,
    SessionConnection,
    TeamConnection,
    UserRef,
)


@shows(UserRow)
class User(Node):
    """A person's account."""

    first_name: str = strawberry.field(description="The first name, or the only name.")
    last_name: str = strawberry.field(description="The last name. Empty if the person has one name only.")
    created_at: datetime = strawberry.field(description="When the account was created.")
    name: str = expose(users.name, str)
    email: str | None = expose(users.email, str | None)
    second_factors: SecondFactorsRef | None = expose(second_factors.second_factors_of, SecondFactorsRef | None)
    memberships: MemberConnection = expose(
        users.memberships, MemberConnection, team_id="Only the membership in this team; null for all teams."
    )
    teams: TeamConnection = expose(users.teams_of, TeamConnection)
    seats: SeatConnection = expose(
        users.held_seats, SeatConnection, team_id="Only the seats in this team; null for all teams."
    )
    language: Language | None = expose(profiles.language, Language | None)
    sessions: SessionConnection | None = expose(own_sessions.sessions, SessionConnection | None)
    identities: IdentityConnection | None = expose(identities.own_identities, IdentityConnection | None)
    passkeys: PasskeyConnection | None = expose(passkeys.own_passkeys, PasskeyConnection | None)


viewer = expose(users.viewer, UserRef | None)
