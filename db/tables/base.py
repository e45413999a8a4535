"""What every table is built on.

The rules of seats are constraints of the tables: a bug elsewhere raises an error; it cannot store bad data.
Tenant tables carry `team_id` and lead their keys and indexes with it, so that teams can be sharded.
"""

from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, MetaData, Text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase

from db.tables.types import Json

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


def member(*, goes_along: bool) -> ForeignKeyConstraint:
    """The membership of `user_id`; what goes along with it is deleted with it, what does not must be gone before."""
    return ForeignKeyConstraint(
        ["team_id", "user_id"],
        ["memberships.team_id", "memberships.user_id"],
        ondelete="CASCADE" if goes_along else None,
    )
