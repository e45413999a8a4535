"""The tables of groups, their members, and the products that groups and teams give to their members."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import Created, Id, Key, OptionalId


class Group(Base):
    """A named set of members of one team. Within a team, no two names fold to the same text (`domain.text`).

    Two older groups may have such names. Then the `name_fold` of the younger one ends with a mark and its id.
    """

    __tablename__ = "groups"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    name: Mapped[str]
    created_at: Mapped[Created]
    name_key: Mapped[Key]
    name_fold: Mapped[OptionalId]
    text_version: Mapped[Key]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("team_id", "name_fold"),
        Index(None, "team_id", "name_key", "id"),
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
