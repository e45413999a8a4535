"""The tables of authenticator apps, of recovery codes, and of sign-ins that wait for a second factor."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.access import METHODS
from db.tables.base import Base, id_prefix_check
from db.tables.types import Created, Hash, Id, Moment, OptionalId, OptionalMoment
from domain.second_factors import MAX_TRIES


class Authenticator(Base):
    """The authenticator app of an account: its second factor by one-time codes (TOTP).

    It counts from `confirmed_at` on. `secret` is encrypted, because unlike a password it must be readable to check a
    code. `last_step` is the time step of the last code that was used: no code is accepted twice.
    """

    __tablename__ = "authenticators"

    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), primary_key=True)
    secret: Mapped[str]
    created_at: Mapped[Created]
    confirmed_at: Mapped[OptionalMoment]
    last_step: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("confirmed_at is null or last_step is not null", name="confirmed"),)


class RecoveryCode(Base):
    """A code that stands for the second factor once. Only its SHA-256 is stored: it has 80 random bits."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    code_hash: Mapped[Hash]
    used_at: Mapped[OptionalMoment]
    created_at: Mapped[Created]

    __table_args__ = (PrimaryKeyConstraint("user_id", "code_hash"),)


class SignInChallenge(Base):
    """A sign-in whose first step was right, and which waits for the second factor.

    `method` is that of the first step, and `delivery` is how the session token will reach the client. `password_digest`
    is the SHA-256 of the password hash at that step: if it changes meanwhile, the challenge is void. It is null if the
    account has no password. `tries` counts the second steps, right or wrong. `issuer` and `subject` are the person at
    an OpenID provider who may sign in to the account from the second step on; null if it adds nobody.
    """

    __tablename__ = "sign_in_challenges"

    id: Mapped[Id] = mapped_column(primary_key=True)
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    method: Mapped[str]
    delivery: Mapped[str]
    password_digest: Mapped[bytes | None]
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    used_at: Mapped[OptionalMoment]
    issuer: Mapped[OptionalId]
    subject: Mapped[OptionalId]

    __table_args__ = (
        id_prefix_check("challenge"),
        CheckConstraint(f"method in ({METHODS})", name="method"),
        CheckConstraint("delivery in ('bearer', 'cookie')", name="delivery"),
        CheckConstraint(f"tries between 0 and {MAX_TRIES}", name="tries"),
        CheckConstraint("(issuer is null) = (subject is null)", name="identity"),
    )
