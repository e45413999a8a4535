"""The tables of accounts, teams and memberships."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import LANGUAGES, ROLES, Base, id_prefix_check
from db.tables.types import Created, Id, Key, OptionalId, OptionalMoment
from domain.subscriptions import MAX_SEATS

# The rule of `domain.text.external_id`: 1 to 100 characters, no controls, none that changes the direction of text, and
# no white space at the ends.
EXTERNAL_ID = (
    r"external_id ~ '^[^\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,100}$'"
    r" and external_id !~ '^[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]'"
    r" and external_id !~ '[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$'"
)

# A deleted account has its own id in place of an address, because addresses are unique.
ERASED = (
    "deleted_at is null or (email = id and first_name = '' and last_name = '' and num_nonnulls(password_hash, "
    "email_verified_at) = 0)"
)


class User(Base):
    """An account. No two accounts have e-mail addresses that differ only in case; the spelling is stored unchanged.

    `email_verified_at` is when the person showed that the address is theirs, with a link that was sent to it. Nobody
    can sign in before that. `name_key` sorts people by name; `name_search` and `email_search` are folded. `language` is
    that of the mails to the person. `password_known` is false if `password_hash` is that of a random password, with
    which nobody can confirm anything. `second_factor_since` is null without a second factor.

    The row of a deleted account stays, because the history refers to its id, but nothing in it identifies the person.
    `live_id` is the id until then: a deleted account cannot be in a team.
    """

    __tablename__ = "users"

    id: Mapped[Id] = mapped_column(primary_key=True)
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[Created]
    email_verified_at: Mapped[OptionalMoment]
    name_key: Mapped[Key]
    name_search: Mapped[Key]
    email_search: Mapped[Key]
    text_version: Mapped[Key]
    language: Mapped[str] = mapped_column(server_default="en")
    deleted_at: Mapped[OptionalMoment]
    password_known: Mapped[bool] = mapped_column(server_default="true")
    live_id: Mapped[OptionalId] = mapped_column(
        Computed("case when deleted_at is null then id else null::text end", persisted=True), unique=True
    )
    second_factor_since: Mapped[OptionalMoment]

    __table_args__ = (
        id_prefix_check("user"),
        CheckConstraint(ERASED, name="erased"),
        CheckConstraint(LANGUAGES, name="language"),
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
    )


class Team(Base):
    """A team, which is the tenant. No two teams have names that fold to the same text (`domain.text`).

    `requires_second_factor`: members who manage the team need a second factor for it.
    `language` is that of the accounts that its invitations make. A person can choose another one.
    `last_seats_below`: contract managers are told when a pool has fewer free seats; null if they are not to be told.
    """

    __tablename__ = "teams"

    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str]
    separation_of_duties: Mapped[bool] = mapped_column(server_default="false")
    requires_second_factor: Mapped[bool] = mapped_column(server_default="false")
    language: Mapped[str] = mapped_column(server_default="en")
    last_seats_below: Mapped[int | None]
    created_at: Mapped[Created]
    name_fold: Mapped[OptionalId] = mapped_column(unique=True)
    text_version: Mapped[Key]

    __table_args__ = (
        id_prefix_check("team"),
        CheckConstraint(LANGUAGES, name="language"),
        CheckConstraint(f"last_seats_below between 1 and {MAX_SEATS}", name="last_seats_below"),
    )


class Membership(Base):
    """A person in a team, with their role. It gives no right before the person has accepted it (`accepted_at`).

    `name_key` orders the members of a team: it is that of the account, or that of the open invitation while the
    membership is pending. Triggers keep it right (revision 0011), so no statement has to write it. `external_id` is the
    id that the customer's own directory has for the person.
    """

    __tablename__ = "memberships"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.live_id"))
    id: Mapped[Id]
    role: Mapped[str]
    created_at: Mapped[Created]
    accepted_at: Mapped[OptionalMoment] = mapped_column(server_default=func.now())
    name_key: Mapped[Key]
    external_id: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "user_id"),
        UniqueConstraint("id"),
        Index(None, "user_id"),
        Index(None, "team_id", "name_key", "id"),
        Index("uq_memberships_external_id", "team_id", "external_id", unique=True),
        id_prefix_check("member"),
        CheckConstraint(ROLES, name="role"),
        CheckConstraint(EXTERNAL_ID, name="external_id"),
    )


class RemovedMember(Base):
    """A person who was removed from a team, or whose invitation was revoked, and who was not invited again since."""

    __tablename__ = "removed_members"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[Created]

    __table_args__ = (PrimaryKeyConstraint("team_id", "user_id"),)
