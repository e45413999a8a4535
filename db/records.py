"""The tables of what is recorded: usage, sessions, tokens, audit, policies, events, repeats, failed sign-ins."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import (
    ID,
    Base,
    Created,
    Hash,
    Id,
    Json,
    Moment,
    OptionalId,
    OptionalMoment,
    Serial,
    typed,
)
from domain.actions import Scope

SCOPES = ", ".join(f"'{scope}'" for scope in Scope)


class SeatUsage(Base):
    """What one person did with one seat on one day (UTC). A seat that moves on does not take it along."""

    __tablename__ = "seat_usage"

    team_id: Mapped[Id]
    seat_id: Mapped[Id]
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    day: Mapped[date]
    minutes: Mapped[int] = mapped_column(Integer)
    sessions: Mapped[int] = mapped_column(Integer)
    last_used_at: Mapped[Moment]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "seat_id", "user_id", "day"),
        ForeignKeyConstraint(["team_id", "seat_id"], ["seats.team_id", "seats.id"]),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        CheckConstraint("sessions > 0", name="sessions"),
    )


class Session(Base):
    """A sign-in. Only the SHA-256 of its token is kept: 256 random bits need no slow hash."""

    __tablename__ = "sessions"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    ended_at: Mapped[OptionalMoment]

    __table_args__ = (typed("session"),)


class PartnerToken(Base):
    """A token that a member of a team grants to a partner. Only its SHA-256 is kept."""

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

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        CheckConstraint(f'scopes <@ array[{SCOPES}] collate "C"', name="scopes"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes_given"),
        typed("token"),
    )


class AuditEvent(Base):
    """Who did what, by which facts, under which policy. A trigger refuses to change or delete a row.

    No foreign keys but to the policy's text: the record outlives what it speaks of.
    """

    __tablename__ = "audit_events"

    id: Mapped[Serial] = mapped_column(primary_key=True)
    at: Mapped[Created]
    team_id: Mapped[OptionalId]
    actor_kind: Mapped[str]
    actor_id: Mapped[OptionalId]
    token_id: Mapped[OptionalId]
    action: Mapped[str]
    target_id: Mapped[OptionalId]
    before: Mapped[Json]
    after: Mapped[Json]
    facts: Mapped[list[Any]] = mapped_column(JSONB)
    policy_hash: Mapped[str] = mapped_column(ForeignKey("policies.hash"))
    request_id: Mapped[str]

    __table_args__ = (
        CheckConstraint("actor_kind in ('anonymous', 'person', 'partner')", name="actor_kind"),
        Index(None, "team_id", "id"),
    )


class PolicyText(Base):
    """A policy that was in force, for making the decisions of its time again. A trigger keeps it as it is.

    Whoever keeps a text can name no other hash than its own: the audit rows rest on that.
    """

    __tablename__ = "policies"

    hash: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    first_used_at: Mapped[Created]

    __table_args__ = (CheckConstraint("hash = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="hash"),)


class Event(Base):
    """What happened, for those who follow along; written in the transaction of the change.

    `transaction_id` is the id of that transaction. It is a bigint, not PostgreSQL's xid8, because SQLAlchemy does not
    know that type; a bigint holds every id that a server will ever give out.
    """

    __tablename__ = "events"

    id: Mapped[Serial] = mapped_column(primary_key=True)
    at: Mapped[Created]
    team_id: Mapped[OptionalId]
    kind: Mapped[str]
    payload: Mapped[Json]
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))

    __table_args__ = (Index(None, "transaction_id", "id"),)


class Answer(Base):
    """The first answer to an idempotency key, for the repeats; `actor` is a user id or a token id."""

    __tablename__ = "answers"

    actor: Mapped[Id]
    key: Mapped[str]
    action: Mapped[str]
    request_hash: Mapped[Hash]
    payload: Mapped[bytes | None]
    created_at: Mapped[Created]

    __table_args__ = (PrimaryKeyConstraint("actor", "key"), Index(None, "created_at"))


class SignInFailure(Base):
    """How often a subject (a hash of e-mail, or of e-mail and address) failed to sign in lately."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[Hash] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[Moment]
    next_at: Mapped[Moment]
