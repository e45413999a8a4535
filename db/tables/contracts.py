"""The tables of contracts, the terms of their subscriptions, and what changes the number of their seats."""

from datetime import date

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import ID, Created, Id, OptionalId, OptionalMoment
from domain.money import CURRENCY, WHOLE_RATE
from domain.orders import MAX_PRICE
from domain.terms import MAX_GRACE_DAYS, MAX_MONTHS


class Contract(Base):
    """What a company has agreed with the vendor. Its subscriptions serve one or more teams of the company.

    `team_id` is the home team: its contract managers see prices and amend. `contact_id` is the member of it that gets
    the mail; null means that all its contract managers get it. `tax_rate` is in hundredths of a percent. A holder keeps
    the seat for `grace_days` after the last day of a subscription.
    """

    __tablename__ = "contracts"

    team_id: Mapped[Id]
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    currency: Mapped[str]
    contact_id: Mapped[OptionalId]
    grace_days: Mapped[int] = mapped_column(server_default="0")
    tax_rate: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("number"),
        # For the foreign keys of rows that carry the currency or the days of grace of their contract.
        UniqueConstraint("id", "currency", "grace_days"),
        UniqueConstraint("team_id", "id", "currency"),
        # The home team is one of the teams that the contract serves. Both rows come in one transaction.
        ForeignKeyConstraint(
            ["id", "team_id"],
            ["contract_teams.contract_id", "contract_teams.team_id"],
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        # Only the contact is forgotten if the person leaves the team.
        ForeignKeyConstraint(
            ["team_id", "contact_id"],
            ["memberships.team_id", "memberships.user_id"],
            ondelete="SET NULL (contact_id)",
        ),
        CheckConstraint(f"currency ~ '{CURRENCY}'", name="currency"),
        CheckConstraint(f"grace_days between 0 and {MAX_GRACE_DAYS}", name="grace_days"),
        CheckConstraint(f"tax_rate between 0 and {WHOLE_RATE}", name="tax_rate"),
        id_prefix_check("contract"),
    )


class ContractTeam(Base):
    """A team that a contract serves."""

    __tablename__ = "contract_teams"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    contract_id: Mapped[Id] = mapped_column(ForeignKey("contracts.id"))

    __table_args__ = (PrimaryKeyConstraint("team_id", "contract_id"), UniqueConstraint("contract_id", "team_id"))


class SubscriptionTerm(Base):
    """The `n`-th term of a subscription. Each begins on the day after the one before, so there is no gap or overlap.

    It begins `step` months after `anchor_on` and lasts `months`: counted from the first day, so that the 31st comes
    back. `months` is null if the first term is no number of whole months. `unit_price` is the price of a seat for the
    term, in minor units.
    """

    __tablename__ = "subscription_terms"

    team_id: Mapped[Id]
    subscription_id: Mapped[Id]
    n: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    previous_ends_on: Mapped[date | None]
    anchor_on: Mapped[date]
    step: Mapped[int]
    months: Mapped[int | None]
    unit_price: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "subscription_id", "n"),
        UniqueConstraint("team_id", "subscription_id", "ends_on"),
        UniqueConstraint("team_id", "subscription_id", "n", "ends_on"),
        ForeignKeyConstraint(["team_id", "subscription_id"], ["subscriptions.team_id", "subscriptions.id"]),
        ForeignKeyConstraint(
            ["team_id", "subscription_id", "previous_ends_on"],
            ["subscription_terms.team_id", "subscription_terms.subscription_id", "subscription_terms.ends_on"],
        ),
        CheckConstraint("starts_on <= ends_on", name="order"),
        CheckConstraint("(n = 1) = (previous_ends_on is null)", name="first"),
        CheckConstraint("starts_on = previous_ends_on + 1", name="no_gap"),
        CheckConstraint(f"months between 1 and {MAX_MONTHS}", name="months"),
        CheckConstraint("months is not null or n = 1", name="whole_months"),
        CheckConstraint(
            "step >= 0 and starts_on = cast(anchor_on + make_interval(months => step) as date)", name="start"
        ),
        CheckConstraint("ends_on = cast(anchor_on + make_interval(months => step + months) as date) - 1", name="end"),
        CheckConstraint(f"unit_price between 0 and {MAX_PRICE}", name="unit_price"),
    )


class SeatChange(Base):
    """A change of the number of seats of a subscription. It is never changed or deleted.

    A subscription has as many seats that are not retired as its changes add up to.
    """

    __tablename__ = "seat_changes"

    team_id: Mapped[Id]
    subscription_id: Mapped[Id]
    n: Mapped[int]
    effective_on: Mapped[date]
    delta: Mapped[int]
    order_id: Mapped[OptionalId] = mapped_column(ForeignKey("orders.id"))
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "subscription_id", "n"),
        ForeignKeyConstraint(["team_id", "subscription_id"], ["subscriptions.team_id", "subscriptions.id"]),
        CheckConstraint("delta <> 0", name="delta"),
    )


class ScheduledChange(Base):
    """Another number of seats that a subscription gets when its next term begins.

    `seat_ids` are the held seats that the caller chose to be given up, if it is a reduction; the others are free ones,
    and then the latest assigned.
    """

    __tablename__ = "scheduled_changes"

    team_id: Mapped[Id]
    id: Mapped[Id]
    subscription_id: Mapped[Id]
    effective_on: Mapped[date]
    seats: Mapped[int]
    seat_ids: Mapped[list[str]] = mapped_column(ARRAY(ID))
    state: Mapped[str] = mapped_column(server_default="pending")
    scheduled_by: Mapped[str]
    created_at: Mapped[Created]
    ended_at: Mapped[OptionalMoment]
    ended_by: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        ForeignKeyConstraint(["team_id", "subscription_id"], ["subscriptions.team_id", "subscriptions.id"]),
        Index(
            "uq_scheduled_changes_pending",
            "team_id",
            "subscription_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("state in ('pending', 'applied', 'cancelled')", name="state"),
        CheckConstraint("(state = 'pending') = (ended_at is null)", name="ended"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_by"),
        id_prefix_check("change"),
    )
