"""The notices of a team."""

from datetime import datetime

import strawberry

from db.notices.sent_notices import NoticeRow
from domain.mails import MailState
from domain.notices import Delivery, NoticeKind
from resolvers.core import mail_reasons
from resolvers.notices import notices
from schema.core.fields import expose, publish_enum, shows
from schema.core.nodes import Node
from schema.core.refs import UserRef

publish_enum(NoticeKind)
publish_enum(Delivery)
publish_enum(MailState)


@shows(NoticeRow)
class Notice(Node):
    """What one contract manager was told by mail about one event of a contract."""

    kind: NoticeKind = strawberry.field(description="What the notice is about.")
    stage: str | None = strawberry.field(
        description="How many days before the end of a subscription it belongs: `90`, `30` or `7`; `ended` after the "
        "end; `last_chance` before its holders lose their seats. Null for other notices."
    )
    subject_id: strawberry.ID = strawberry.field(
        description="The id of the order, the subscription, the invoice, the product (for LAST_SEATS) or the "
        "announcement that it is about."
    )
    created_at: datetime = strawberry.field(description="When the notice was queued.")
    delivery: Delivery = strawberry.field(description="Whether it has a mail of its own, or goes into the daily mail.")
    mail_state: MailState = strawberry.field(description="What became of the mail.")
    mail_reason: str | None = expose(mail_reasons.mail_reason, str | None)
    recipient: UserRef | None = expose(notices.recipient, UserRef | None)
