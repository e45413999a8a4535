"""The table of invitations.

An invited person is a membership that nobody has accepted yet; the invitation belongs to it and is deleted with it.
"""

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import ROLES, Base, member, typed
from db.tables.types import Created, Id, Moment, OptionalMoment


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
        member(goes_along=True),
        Index(
            "uq_invitations_open",
            "team_id",
            "user_id",
            unique=True,
            postgresql_where=text("accepted_at is null and revoked_at is null"),
        ),
        CheckConstraint(ROLES, name="role"),
        CheckConstraint("created_at < expires_at", name="term"),
        CheckConstraint("sent_at is null or token_hash is not null", name="sent"),
        CheckConstraint("accepted_at is null or revoked_at is null", name="ended_once"),
        typed("invite"),
    )
