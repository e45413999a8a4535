"""The tables of notices about contracts, and how people want to get them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import MAIL_STATES, Base, id_prefix_check, membership_key
from db.tables.types import Created, Id, Json, OptionalId
from domain.mails import MAX_REASON
from domain.notices import MAX_SUBJECT, MAX_TEXT, Delivery, NoticeKind

KINDS = ", ".join(f"'{kind}'" for kind in NoticeKind)
DELIVERIES = ", ".join(f"'{delivery}'" for delivery in Delivery)


class Notice(Base):
    """What one person is told about one event, by mail. `team_id` is the home team of the contract.

    `event_key` names the event: nobody is told of one twice. `data` has ids and numbers only, no names. Notices with
    the same `digest_id` go out in one mail; null means that the notice waits for that, or has a mail of its own.
    """

    __tablename__ = "notices"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    id: Mapped[Id]
    user_id: Mapped[Id] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    event_key: Mapped[Id]
    data: Mapped[Json]
    created_at: Mapped[Created]
    delivery: Mapped[str]
    digest_id: Mapped[OptionalId]
    mail_state: Mapped[str] = mapped_column(server_default="queued")
    mail_reason: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "id"),
        UniqueConstraint("id"),
        UniqueConstraint("event_key", "user_id"),
        Index(None, "user_id", "digest_id"),
        CheckConstraint(f"kind in ({KINDS})", name="kind"),
        CheckConstraint("delivery in ('at_once', 'digest')", name="delivery"),
        CheckConstraint("digest_id is null or delivery = 'digest'", name="digest"),
        CheckConstraint(MAIL_STATES, name="mail_state"),
        CheckConstraint("(mail_state = 'refused') = (mail_reason is not null)", name="mail_reason"),
        CheckConstraint(f"char_length(mail_reason) <= {MAX_REASON}", name="mail_reason_length"),
        id_prefix_check("notice"),
    )


class Announcement(Base):
    """What the vendor's staff wrote to contract managers. It is never changed."""

    __tablename__ = "announcements"

    id: Mapped[Id] = mapped_column(primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
    sent_by: Mapped[str]
    created_at: Mapped[Created]

    __table_args__ = (
        CheckConstraint(f"char_length(subject) between 1 and {MAX_SUBJECT}", name="subject"),
        CheckConstraint(f"char_length(text) between 1 and {MAX_TEXT}", name="text"),
        id_prefix_check("announcement"),
    )


class LowPool(Base):
    """Whether a pool had fewer free seats than the team has set, when it was last looked at.

    `falls` is how many times that began. A pool that always had enough seats has no row.
    """

    __tablename__ = "low_pools"

    team_id: Mapped[Id] = mapped_column(ForeignKey("teams.id"))
    product_id: Mapped[Id] = mapped_column(ForeignKey("products.id"))
    falls: Mapped[int]
    is_low: Mapped[bool]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "product_id"),
        CheckConstraint("falls > 0", name="falls"),
    )


class NoticePreference(Base):
    """How a member wants to get the notices of one kind in one team. Without a row it follows from the contract."""

    __tablename__ = "notice_preferences"

    team_id: Mapped[Id]
    user_id: Mapped[Id]
    kind: Mapped[str]
    delivery: Mapped[str]

    __table_args__ = (
        PrimaryKeyConstraint("team_id", "user_id", "kind"),
        membership_key(cascade=True),
        CheckConstraint(f"kind in ({KINDS})", name="kind"),
        CheckConstraint(f"delivery in ({DELIVERIES})", name="delivery"),
    )
