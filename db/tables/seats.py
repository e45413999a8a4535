"""The tables of subscriptions, seats, their holders, the waiting list and seat requests."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import MAIL_STATES, Base, id_prefix_check, membership_key
from db.tables.types import Created, Id, Moment, OptionalId, OptionalMoment, Serial
from domain.mails import MAX_REASON
from domain.terms import MAX_MONTHS


class Subscription(Base):
    """A purchase of a team. It owns seats of one product, which can be assigned from its first to its last day.

    `last_term` is the number of its last term, and `ends_on` the last day of that. After it, holders keep their seats
    until `held_until`. `months` is the length of the next term. `version` counts its amendments.
    """

    __tablename__ = "subscriptions"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    contract_id: Mapped[Id]
    currency: Mapped[str]
    grace_days: Mapped[int]
    starts_on: Mapped[date]
    last_term: Mapped[int] = mapped_column(server_default="1")
    ends_on: Mapped[date]
    held_until: Mapped[date] = mapped_column(Computed("ends_on + grace_days", persisted=True))
    months: Mapped[int]
    auto_renew: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("team_id", "product_id", "id"),
        ForeignKeyConstraint(["team_id", "contract_id"], ["contract_teams.team_id", "contract_teams.contract_id"]),
        ForeignKeyConstraint(
            ["contract_id", "currency", "grace_days"],
            ["contracts.id", "contracts.currency", "contracts.grace_days"],
            onupdate="CASCADE",
        ),
        # Its last day is that of its last term. Both are written in one transaction.
        ForeignKeyConstraint(
            ["team_id", "id", "last_term", "ends_on"],
            [
                "subscription_terms.team_id",
                "subscription_terms.subscription_id",
                "subscription_terms.n",
                "subscription_terms.ends_on",
            ],
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index(None, "contract_id", "id"),
        CheckConstraint("starts_on <= ends_on", name="term"),
        CheckConstraint(f"months between 1 and {MAX_MONTHS}", name="months"),
        id_prefix_check("sub"),
    )


class Seat(Base):
    """One seat. It is available if nobody holds it. A person holds at most one seat of a product in a team.

    A seat that was given up or moved to another team is retired, and stays for the history.
    """

    __tablename__ = "seats"

    team_id: Mapped[Id]
    id: Mapped[Id]
    product_id: Mapped[Id]
    subscription_id: Mapped[Id]
    holder_id: Mapped[OptionalId]
    assigned_at: Mapped[OptionalMoment]
    retired_at: Mapped[OptionalMoment]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        # For the foreign key of seat_sources: a source is a reason of one holder, and ends when they lose the seat.
        UniqueConstraint("team_id", "id", "holder_id"),
        ForeignKeyConstraint(
            ["team_id", "product_id", "subscription_id"],
            ["subscriptions.team_id", "subscriptions.product_id", "subscriptions.id"],
        ),
        ForeignKeyConstraint(["team_id", "holder_id"], ["memberships.team_id", "memberships.user_id"]),
        CheckConstraint("(holder_id is null) = (assigned_at is null)", name="assigned"),
        CheckConstraint("holder_id is null or retired_at is null", name="retired"),
        Index(
            "uq_seats_holder",
            "team_id",
            "product_id",
            "holder_id",
            unique=True,
            postgresql_where=text("holder_id is not null"),
        ),
        Index(
            "ix_seats_available",
            "team_id",
            "product_id",
            "subscription_id",
            "id",
            postgresql_where=text("holder_id is null and retired_at is null"),
        ),
        # It does not begin with team_id: it finds the seats that one person holds in all teams.
        Index("ix_seats_holder_id", "holder_id", "id", postgresql_where=text("holder_id is not null")),
        id_prefix_check("seat"),
    )


class SeatSource(Base):
    """A reason why the holder has the seat: directly, by a group, or by the team's default."""

    __tablename__ = "seat_sources"

    team_id: Mapped[Id]
    seat_id: Mapped[Id]
    holder_id: Mapped[Id]
    kind: Mapped[str]
    group_id: Mapped[OptionalId]
    created_at: Mapped[Created]
    id: Mapped[Serial] = mapped_column(primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(["team_id", "seat_id", "holder_id"], ["seats.team_id", "seats.id", "seats.holder_id"]),
        ForeignKeyConstraint(["team_id", "group_id"], ["groups.team_id", "groups.id"]),
        UniqueConstraint("team_id", "seat_id", "kind", "group_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("kind in ('direct', 'group', 'default')", name="kind"),
        CheckConstraint("(kind = 'group') = (group_id is not null)", name="group"),
    )


class SeatPeriod(Base):
    """A period in which a person held a seat. It is open as long as they hold it. It is never deleted."""

    __tablename__ = "seat_history"

    team_id: Mapped[Id]
    seat_id: Mapped[Id]
    id: Mapped[Serial]
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    holder_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[Moment]
    started_by: Mapped[str]
    ended_at: Mapped[OptionalMoment]
    ended_by: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "seat_id", "id"),
        ForeignKeyConstraint(["team_id", "seat_id"], ["seats.team_id", "seats.id"]),
        Index(
            "uq_seat_history_open",
            "team_id",
            "seat_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index(None, "team_id", "product_id", "started_at"),
        CheckConstraint("started_at <= ended_at", name="order"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended"),
    )


class Wait(Base):
    """A reason why a person waits for a seat. It becomes a source of the seat that they get.

    A person who waits for several reasons has the position of the oldest one on the waiting list. The row is not
    deleted with the membership: the person could get a seat in the meantime, which refers to the membership.
    """

    __tablename__ = "waits"

    team_id: Mapped[Id]
    id: Mapped[Serial]
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    user_id: Mapped[Id]
    kind: Mapped[str]
    group_id: Mapped[OptionalId]
    queued_by: Mapped[Id]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("team_id", "product_id", "user_id", "kind", "group_id", postgresql_nulls_not_distinct=True),
        membership_key(cascade=False),
        ForeignKeyConstraint(["team_id", "group_id"], ["groups.team_id", "groups.id"]),
        Index(None, "team_id", "product_id", "id"),
        Index(None, "team_id", "user_id"),
        CheckConstraint("kind in ('direct', 'group', 'default')", name="kind"),
        CheckConstraint("(kind = 'group') = (group_id is not null)", name="group"),
    )


class SeatRequest(Base):
    """A member's request for a seat, and its answer. If the member withdrew it, `answered_by` is the member.

    `mail_state` and `mail_reason` are about the mail with the answer. Both are null if there is no such mail.
    """

    __tablename__ = "seat_requests"

    team_id: Mapped[Id]
    id: Mapped[Id]
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    user_id: Mapped[Id]
    note: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[Created]
    answered_at: Mapped[OptionalMoment]
    answered_by: Mapped[OptionalId]
    answer: Mapped[str | None]
    mail_state: Mapped[str | None]
    mail_reason: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        membership_key(cascade=True),
        Index(
            "uq_seat_requests_open",
            "team_id",
            "product_id",
            "user_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "team_id", "user_id"),
        CheckConstraint("state in ('open', 'granted', 'denied', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (answered_at is null)", name="answered"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_by"),
        CheckConstraint("answer is null or answered_at is not null", name="answer"),
        CheckConstraint(MAIL_STATES, name="mail_state"),
        CheckConstraint("mail_state is null or answered_at is not null", name="mail"),
        CheckConstraint("(mail_state is not distinct from 'refused') = (mail_reason is not null)", name="mail_reason"),
        CheckConstraint(f"char_length(mail_reason) <= {MAX_REASON}", name="mail_reason_length"),
        id_prefix_check("request"),
    )
