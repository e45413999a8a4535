"""The tables of sessions, sign-ups, links, partner tokens, and limits of sign-ins."""

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import LANGUAGES, Base, id_prefix_check
from db.tables.types import ID, Created, Hash, Id, Moment, OptionalId, OptionalMoment
from domain.actions import Scope
from domain.sign_in_methods import SignInMethod
from domain.user_agents import MAX_DEVICE

METHODS = ", ".join(f"'{method}'" for method in SignInMethod)
SCOPES = ", ".join(f"'{scope}'" for scope in Scope)


class Session(Base):
    """The session of a person who signed in.

    Only the SHA-256 of its token is stored: 256 random bits need no slow hash. `authenticated_at` is when the person
    last proved who they are, by `method` or later by a confirmation. `second_factor_at` is when they last gave a second
    factor; null if they gave none. `device` and `place` are those of the sign-in, as far as they are known.
    `last_used_at` is some minutes old at most while the session is in use.
    """

    __tablename__ = "sessions"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    ended_at: Mapped[OptionalMoment]
    authenticated_at: Mapped[Created]
    second_factor_at: Mapped[OptionalMoment]
    method: Mapped[str] = mapped_column(server_default="password")
    device: Mapped[str | None]
    place: Mapped[str | None]
    last_used_at: Mapped[Created]

    __table_args__ = (
        id_prefix_check("session"),
        CheckConstraint(f"method in ({METHODS})", name="method"),
        CheckConstraint(f"char_length(device) <= {MAX_DEVICE} and char_length(place) <= {MAX_DEVICE}", name="origin"),
    )


class PartnerToken(Base):
    """A token that a member of a team grants to a partner. Only its SHA-256 is stored.

    After a rotation, the secret before it, of which `previous_hash` is the SHA-256, also works until
    `previous_secret_ends_at`. `notice_days` says how many days before its end the grantor was last told of it.
    `active_grantor_id` is the grantor until the token is revoked. Until then it needs the grantor's membership; if that
    is deleted, a trigger revokes the token (revision 0006).
    """

    __tablename__ = "partner_tokens"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    name: Mapped[str]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(ID))
    grantor_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[OptionalMoment]
    last_used_at: Mapped[OptionalMoment]
    previous_hash: Mapped[bytes | None] = mapped_column(unique=True)
    previous_secret_ends_at: Mapped[OptionalMoment]
    notice_days: Mapped[int | None] = mapped_column(Integer)
    active_grantor_id: Mapped[OptionalId] = mapped_column(
        Computed("case when revoked_at is null then grantor_id else null::text end", persisted=True)
    )

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        Index(None, "team_id", "active_grantor_id"),
        ForeignKeyConstraint(["team_id", "active_grantor_id"], ["memberships.team_id", "memberships.user_id"]),
        CheckConstraint(f'scopes <@ array[{SCOPES}] collate "C"', name="scopes"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes_given"),
        CheckConstraint("(previous_hash is null) = (previous_secret_ends_at is null)", name="previous"),
        CheckConstraint("notice_days in (14, 1)", name="notice_days"),
        id_prefix_check("token"),
    )


class Vendor(Base):
    """An account of the vendor's staff. Only a command of the operator adds and removes one."""

    __tablename__ = "vendors"

    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), primary_key=True)
    granted_at: Mapped[Created]


class SignInFailure(Base):
    """The attempts that count against one budget, such as the failed sign-ins with an e-mail address.

    `subject` is a hash of what is counted for: an e-mail address, alone or with a place or a device; a place; a link;
    or the second steps of an account.
    """

    __tablename__ = "sign_in_failures"

    subject: Mapped[Hash] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[Moment]
    next_at: Mapped[Moment]


class SignInPlace(Base):
    """A place from which somebody signed in to an account.

    `place` is a SHA-256 of the place, the account and its password hash, so a new password makes all places new.
    """

    __tablename__ = "sign_in_places"

    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    place: Mapped[Hash]
    last_at: Mapped[Moment]

    __table_args__ = (PrimaryKeyConstraint("user_id", "place"),)


class MailPause(Base):
    """Until when no other mail of one purpose, or place, is sent to an address. `subject` is the SHA-256 of these."""

    __tablename__ = "mail_pauses"

    subject: Mapped[Hash] = mapped_column(primary_key=True)
    until: Mapped[Moment] = mapped_column(index=True)


class SignUp(Base):
    """A sign-up that waits for its link to be used. It is no account, so it does not keep the address from anybody.

    Only the SHA-256 of the token in the link is stored, and the token does not exist before the mail is sent.
    """

    __tablename__ = "sign_ups"

    id: Mapped[Id] = mapped_column(primary_key=True)
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    password_hash: Mapped[str]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    used_at: Mapped[OptionalMoment]
    language: Mapped[str] = mapped_column(server_default="en")

    __table_args__ = (
        id_prefix_check("signup"),
        CheckConstraint(LANGUAGES, name="language"),
        CheckConstraint("used_at is null or token_hash is not null", name="used"),
    )


class PasswordReset(Base):
    """A link with which a person sets a new password.

    An operator makes it for an account, which has at most one such link unused. Or somebody asked for it with an
    `email`: then the account and the token are stored when the mail is written, and never if the address has no
    account.
    """

    __tablename__ = "password_resets"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[OptionalId] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    used_at: Mapped[OptionalMoment]
    email: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")

    __table_args__ = (
        id_prefix_check("reset"),
        CheckConstraint(LANGUAGES, name="language"),
        CheckConstraint("(user_id is null) = (token_hash is null)", name="token"),
        CheckConstraint("user_id is not null or (email is not null and used_at is null)", name="account"),
        Index(
            "uq_password_resets_unused",
            "user_id",
            unique=True,
            postgresql_where=text("used_at is null and email is null"),
        ),
        Index("ix_password_resets_email_lower", func.lower(text("email"))),
    )


class EmailChange(Base):
    """A change of the address of an account: confirmed by a link to the new address, undone by one to the old.

    `ended_at` is when it was undone, or cancelled because the account was secured in another way. An account has at
    most one change that waits for its link. The tokens do not exist before their mails are written.
    """

    __tablename__ = "email_changes"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    undo_hash: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    confirmed_at: Mapped[OptionalMoment]
    ended_at: Mapped[OptionalMoment]

    __table_args__ = (
        id_prefix_check("change"),
        CheckConstraint("confirmed_at is null or token_hash is not null", name="confirmed"),
        Index(
            "uq_email_changes_waiting",
            "user_id",
            unique=True,
            postgresql_where=text("confirmed_at is null and ended_at is null"),
        ),
    )
