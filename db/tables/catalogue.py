"""The tables of products and their releases."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import Id, Key


class Product(Base):
    """A piece of software. Teams buy seats of it."""

    __tablename__ = "products"

    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str]
    sold_until: Mapped[date | None]
    name_key: Mapped[Key]
    text_version: Mapped[Key]

    __table_args__ = (Index(None, "name_key", "id"), id_prefix_check("product"))


class Release(Base):
    """A version of a product."""

    __tablename__ = "releases"

    id: Mapped[Id] = mapped_column(primary_key=True)
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    name: Mapped[str]
    released_on: Mapped[date]

    __table_args__ = (UniqueConstraint("product_id", "name"), id_prefix_check("release"))
