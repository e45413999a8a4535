"""The tables of groups, their members, and the products that groups and teams give to their members."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import Created, Id


class Group(Base):
    """A named set of members of one team. A name is unique in its team, also if only the case differs."""

    __tablename__ = "groups"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    name: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        Index("uq_groups_team_id_name_lower", "team_id", func.lower(text("name")), unique=True),
        id_prefix_check("group"),
    )


class GroupMember(Base):
    """A member of a group. The row is deleted together with the membership or the group."""

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


class GroupProduct(Base):
    """A product that a group gives to its members.

    The row is not deleted with the group, because the members' seats must be handled first.
    """

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
