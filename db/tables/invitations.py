"""The table of invitations.

An invited person has a membership that is not accepted yet. The invitation belongs to the membership and is deleted
with it.
"""

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import MAIL_STATES, ROLES, Base, id_prefix_check, membership_key
from db.tables.types import Created, Id, Key, Moment, OptionalMoment
from domain.mails import MAX_REASON


class Invitation(Base):
    """An invitation of a person to a team. The names and the address are those that the inviter wrote.

    Only the SHA-256 of the token in the link is stored, and the token does not exist before the mail is sent. An
    invitation is open if it is neither accepted nor revoked. An open invitation may have expired. `mail_reason` is the
    mail server's reason if it refused the mail.
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
    mail_state: Mapped[str] = mapped_column(server_default="queued")
    mail_reason: Mapped[str | None]
    name_key: Mapped[Key]
    name_search: Mapped[Key]
    email_search: Mapped[Key]
    text_version: Mapped[Key]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        membership_key(cascade=True),
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
        CheckConstraint(MAIL_STATES, name="mail_state"),
        CheckConstraint("(mail_state = 'sent') = (sent_at is not null)", name="mail_sent"),
        CheckConstraint("(mail_state = 'refused') = (mail_reason is not null)", name="mail_reason"),
        CheckConstraint(f"char_length(mail_reason) <= {MAX_REASON}", name="mail_reason_length"),
        id_prefix_check("invite"),
    )
