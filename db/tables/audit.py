"""The tables of what happened: the audit log, policies, events and the first answers of idempotency keys."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base
from db.tables.types import Created, Hash, Id, Json, OptionalId, Serial


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
