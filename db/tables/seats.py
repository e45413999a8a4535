"""The tables of subscriptions, seats, their holders, the waiting list and seat requests."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, member, typed
from db.tables.types import Created, Id, Moment, OptionalId, OptionalMoment, Serial


class Subscription(Base):
    """What a team bought: it owns seats of one product, and gives them while it is active."""

    __tablename__ = "subscriptions"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("team_id", "product_id", "id"),
        CheckConstraint("starts_on <= ends_on", name="term"),
        typed("sub"),
    )


class Seat(Base):
    """One seat. It is available while nobody holds it; nobody holds two of one product in one team."""

    __tablename__ = "seats"

    team_id: Mapped[Id]
    id: Mapped[Id]
    product_id: Mapped[Id]
    subscription_id: Mapped[Id]
    holder_id: Mapped[OptionalId]
    assigned_at: Mapped[OptionalMoment]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        # What seat_sources refers to: a source is a reason for one holder, and cannot outlive their seat.
        UniqueConstraint("team_id", "id", "holder_id"),
        ForeignKeyConstraint(
            ["team_id", "product_id", "subscription_id"],
            ["subscriptions.team_id", "subscriptions.product_id", "subscriptions.id"],
        ),
        ForeignKeyConstraint(["team_id", "holder_id"], ["memberships.team_id", "memberships.user_id"]),
        CheckConstraint("(holder_id is null) = (assigned_at is null)", name="assigned"),
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
            "id",
            postgresql_where=text("holder_id is null"),
        ),
        # Not led by team_id: it answers what one person holds in whichever teams.
        Index("ix_seats_holder_id", "holder_id", "id", postgresql_where=text("holder_id is not null")),
        typed("seat"),
    )


class SeatSource(Base):
    """Why somebody holds a seat: given directly, by a group, or by the team's default."""

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
    """A time in which somebody held a seat; it is open while they still do. Never deleted."""

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
    """A reason for which somebody waits for a seat; it becomes a source of the seat that they get.

    Who waits for several reasons stands in the line where the oldest of them does. It does not go with the membership:
    a seat that is given meanwhile would hold on to it.
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
        member(goes_along=False),
        ForeignKeyConstraint(["team_id", "group_id"], ["groups.team_id", "groups.id"]),
        Index(None, "team_id", "product_id", "id"),
        Index(None, "team_id", "user_id"),
        CheckConstraint("kind in ('direct', 'group', 'default')", name="kind"),
        CheckConstraint("(kind = 'group') = (group_id is not null)", name="group"),
    )


class SeatRequest(Base):
    """Somebody asks for a product they lack, and is answered; `answered_by` is the asker when they withdrew it."""

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

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        member(goes_along=True),
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
        typed("request"),
    )
