"""The tables of sign-ins by OpenID Connect."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, id_prefix_check
from db.tables.types import Created, Hash, Id, Moment, OptionalMoment


class Identity(Base):
    """A person at an OpenID provider who may sign in to an account.

    `issuer` and `subject` identify the person there for good. No e-mail address does: it may change, or be given to
    somebody else. An account has at most one identity of an issuer.
    """

    __tablename__ = "identities"

    id: Mapped[Id] = mapped_column(primary_key=True)
    issuer: Mapped[Id]
    subject: Mapped[Id]
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
    last_used_at: Mapped[OptionalMoment]

    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("user_id", "issuer"),
        id_prefix_check("identity"),
        CheckConstraint("char_length(subject) between 1 and 255", name="subject_length"),
    )


class EndedIdentity(Base):
    """An account that had an identity of this issuer, which was removed.

    From then on, no address links a person of the issuer to the account: its owner adds one while signed in.
    """

    __tablename__ = "ended_identities"

    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), primary_key=True)
    issuer: Mapped[Id] = mapped_column(primary_key=True)
    ended_at: Mapped[Created]


class SpentSignIn(Base):
    """A sign-in at an OpenID provider that was used, until its cookie ends. `state` is the SHA-256 of its state."""

    __tablename__ = "spent_sign_ins"

    state: Mapped[Hash] = mapped_column(primary_key=True)
    until: Mapped[Moment] = mapped_column(index=True)
