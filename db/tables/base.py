"""The base of all tables, and the constraints that several tables share.

The rules of seats are constraints of the tables: a bug elsewhere raises an error; it cannot store bad data.
Every table that belongs to a team has the column `team_id`, and it comes first in the table's keys and indexes, so that
teams can be sharded.
"""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData, Text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase

from db.tables.types import Json

ROLES = "role in ('user', 'software_coordinator', 'contract_manager')"
LANGUAGES = "language in ('en', 'de')"
MAIL_STATES = "mail_state in ('queued', 'sent', 'refused', 'dropped')"


def id_prefix_check(prefix: str) -> CheckConstraint:
    """Return the check that ids begin with this prefix. `node(id:)` relies on it to know the type of an id."""
    return CheckConstraint(f"starts_with(id, '{prefix}_')", name="id_prefix")


class Base(DeclarativeBase):
    """The base class of all tables. It names each constraint, so that migrations and error handling can refer to it."""

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


def membership_key(*, cascade: bool) -> ForeignKeyConstraint:
    """Return the foreign key from `team_id` and `user_id` to the membership.

    With `cascade` the row is deleted together with the membership. Without it the row must be deleted first.
    """
    return ForeignKeyConstraint(
        ["team_id", "user_id"],
        ["memberships.team_id", "memberships.user_id"],
        ondelete="CASCADE" if cascade else None,
    )
