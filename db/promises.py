"""The tables of what is to come: invitations, the products that groups and teams give, waits for a seat, requests.

A person who is invited is a membership that nobody has accepted yet; the invitation hangs on it and goes with it.
"""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from db.tables import ROLES, Base, Created, Id, Moment, OptionalId, OptionalMoment, Serial, typed


def _member(*, goes_along: bool) -> ForeignKeyConstraint:
    """The membership of `user_id`; what goes along with it is deleted with it, what does not must be gone before."""
    return ForeignKeyConstraint(
        ["team_id", "user_id"],
        ["memberships.team_id", "memberships.user_id"],
        ondelete="CASCADE" if goes_along else None,
    )


class Invitation(Base):
    """What a person was invited with; the names and the address are those that the inviter wrote.

    Only the SHA-256 of the token in the link is kept, and there is none before the mail is sent. Open: neither accepted
    nor revoked; it may have expired all the same.
    """

    __tablename__ = "invitations"

    team_id: Mapped[Id]
    id: Mapped[Id]
    user_id: Mapped[Id]
    email: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes | None] = mapped_column(unique=True)
    invited_by: Mapped[Id]
    created_at: Mapped[Created]
    sent_at: Mapped[OptionalMoment]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[OptionalMoment]
    revoked_at: Mapped[OptionalMoment]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        _member(goes_along=True),
        Index(
            "uq_invitations_open",
            "team_id",
            "user_id",
            unique=True,
            postgresql_where=sql("accepted_at is null and revoked_at is null"),
        ),
        CheckConstraint(ROLES, name="role"),
        CheckConstraint("created_at < expires_at", name="term"),
        CheckConstraint("sent_at is null or token_hash is not null", name="sent"),
        CheckConstraint("accepted_at is null or revoked_at is null", name="ended_once"),
        typed("invite"),
    )


class GroupProduct(Base):
    """A product that a group gives to its members. It does not go with the group: their seats must be seen to first."""

    __tablename__ = "group_products"

    team_id: Mapped[Id]
    group_id: Mapped[Id]
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    given_by: Mapped[Id]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "group_id", "product_id"),
        ForeignKeyConstraint(["team_id", "group_id"], ["groups.team_id", "groups.id"]),
    )


class DefaultProduct(Base):
    """A product that a team gives to each of its members."""

    __tablename__ = "default_products"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    set_by: Mapped[Id]
    created_at: Mapped[Created]

    __table_args__ = (PrimaryKeyConstraint("team_id", "product_id"),)


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
        _member(goes_along=False),
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
        _member(goes_along=True),
        Index(
            "uq_seat_requests_open",
            "team_id",
            "product_id",
            "user_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
        Index(None, "team_id", "user_id"),
        CheckConstraint("state in ('open', 'granted', 'denied', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (answered_at is null)", name="answered"),
        CheckConstraint("(answered_at is null) = (answered_by is null)", name="answered_by"),
        CheckConstraint("answer is null or answered_at is not null", name="answer"),
        typed("request"),
    )
