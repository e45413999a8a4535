"""The table of the usage of seats."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base
from db.tables.types import Id, Moment


class SeatUsage(Base):
    """How one person used one seat on one day (UTC). It stays with the person when the seat gets another holder."""

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
        # It finds the last use of a person in a team. If it began with the team, PostgreSQL would take it for the usage
        # of one seat, too, and read all days of the person.
        Index(None, "user_id", "last_used_at", postgresql_include=["team_id"]),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
        CheckConstraint("sessions > 0", name="sessions"),
    )
