"""The tables of people and teams."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import ROLES, Base, typed
from db.tables.types import Created, Id, OptionalMoment


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
