"""The tables of who holds what; `records` has those of what happened, `promises` those of what is to come.

The rules of seats stand here as constraints; other code can fail, not err.
Tenant tables carry `team_id` and lead their keys and indexes with it, so that teams can be sharded.
"""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Ids are ASCII: the "C" collation compares them byte by byte, alike on every server.
ID = Text(collation="C")

Id = Annotated[str, mapped_column(ID)]
OptionalId = Annotated[str | None, mapped_column(ID)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
OptionalMoment = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]
Serial = Annotated[int, mapped_column(BigInteger, Identity(always=True))]
Hash = Annotated[bytes, mapped_column(BYTEA)]
Json = dict[str, Any]

ROLES = "role in ('user', 'software_coordinator', 'contract_manager')"


def typed(prefix: str) -> CheckConstraint:
    """An id tells its type by its prefix; `node(id:)` trusts it."""
    return CheckConstraint(f"starts_with(id, '{prefix}_')", name="id_prefix")


class Base(DeclarativeBase):
    """Names every constraint, so that migrations and error handling can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: Text(), Json: JSONB(), bytes: BYTEA()}


class User(Base):
    """An account: one per e-mail address, whatever its case; the spelling is kept."""

    __tablename__ = "users"

    id: Mapped[Id] = mapped_column(primary_key=True)
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[Created]

    __table_args__ = (
        typed("user"),
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
    )


class Team(Base):
    """A team: the tenant."""

    __tablename__ = "teams"

    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str]
    separation_of_duties: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]

    __table_args__ = (typed("team"),)


class Membership(Base):
    """A person in a team, with their role there; it gives them no right before they have accepted it."""

    __tablename__ = "memberships"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    id: Mapped[Id]
    role: Mapped[str]
    created_at: Mapped[Created]
    accepted_at: Mapped[OptionalMoment] = mapped_column(server_default=func.now())

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "user_id"),
        UniqueConstraint("id"),
        Index(None, "user_id"),
        typed("member"),
        CheckConstraint(ROLES, name="role"),
    )


class Group(Base):
    """A named set of members of one team; names are unique in it, whatever their case."""

    __tablename__ = "groups"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    name: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        Index("uq_groups_team_id_name_lower", "team_id", func.lower(text("name")), unique=True),
        typed("group"),
    )


class GroupMember(Base):
    """A member's place in a group; it goes with the membership and with the group."""

    __tablename__ = "group_members"

    team_id: Mapped[Id]
    group_id: Mapped[Id]
    user_id: Mapped[Id]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "group_id", "user_id"),
        ForeignKeyConstraint(["team_id", "group_id"], ["groups.team_id", "groups.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["team_id", "user_id"], ["memberships.team_id", "memberships.user_id"], ondelete="CASCADE"
        ),
        Index(None, "team_id", "user_id"),
    )


class Product(Base):
    """A piece of software that is sold by the seat."""

    __tablename__ = "products"

    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str]

    __table_args__ = (typed("product"),)


class Release(Base):
    """A version of a product."""

    __tablename__ = "releases"

    id: Mapped[Id] = mapped_column(primary_key=True)
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str]
    released_on: Mapped[date]

    __table_args__ = (UniqueConstraint("product_id", "name"), typed("release"))


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
