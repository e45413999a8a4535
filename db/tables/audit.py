"""The tables of the audit log, the policies, the events, and the stored answers of idempotency keys."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base
from db.tables.types import Created, Hash, Id, Json, OptionalId, OptionalMoment, Serial


class AuditEvent(Base):
    """An entry of the audit log: the actor, the action, the facts and the policy.

    A trigger refuses every update and delete. The only foreign key is the one to the policy's text, because an entry
    outlives the rows that it describes. If `actor_kind` is `system`, `actor_id` names the command or the job, and
    `operator` is the operating-system user who ran the command.
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
    operator: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("actor_kind in ('anonymous', 'person', 'partner', 'system')", name="actor_kind"),
        CheckConstraint("actor_kind <> 'system' or (actor_id is not null and token_id is null)", name="system"),
        CheckConstraint("operator is null or actor_kind = 'system'", name="operator"),
        Index(None, "team_id", "id"),
        Index(None, "team_id", "action", "id"),
        Index(None, "team_id", "actor_id", "id"),
    )


class AuditPerson(Base):
    """The values in an entry of the audit log that identify a person, beside the entry.

    They are erased when the account is deleted; a trigger refuses every other change.
    """

    __tablename__ = "audit_people"

    audit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit_events.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), index=True)
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    erased_at: Mapped[OptionalMoment]

    __table_args__ = (
        PrimaryKeyConstraint("audit_id", "user_id"),
        CheckConstraint("num_nulls(before, after) = case when erased_at is null then 0 else 2 end", name="erased"),
    )


class PolicyText(Base):
    """The text of a policy that was in force. With it, a decision of that time can be made again.

    A trigger refuses every update and delete. A check ensures that `hash` is the hash of `text`; the audit entries rely
    on that.
    """

    __tablename__ = "policies"

    hash: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    first_used_at: Mapped[Created]

    __table_args__ = (CheckConstraint("hash = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="hash"),)


class Event(Base):
    """An event for the programs that follow the changes. It is stored in the transaction of the change.

    `transaction_id` is the id of that transaction. It is a bigint and not PostgreSQL's xid8, because SQLAlchemy does
    not know that type. A bigint can hold every id that a server will ever assign.
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
    """The first answer to an idempotency key. Repeated requests get it again. `actor` is a user id or a token id."""

    __tablename__ = "answers"

    actor: Mapped[Id]
    key: Mapped[str]
    action: Mapped[str]
    request_hash: Mapped[Hash]
    payload: Mapped[bytes | None]
    created_at: Mapped[Created]

    __table_args__ = (PrimaryKeyConstraint("actor", "key"), Index(None, "created_at"))
