"""What the contract managers of generated teams were told: all that is due, so that a first start sends no mails."""

from datetime import date
from types import NoneType

from sqlalchemy import text

from db.contracts.announcements import DUE_SQL
from db.core.connection import Connection
from db.core.statements import Statement

TELL = Statement(
    "tell_generated",
    NoneType,
    text(f"""
insert into notices (team_id, id, user_id, kind, event_key, data, created_at, delivery, mail_state)
select d.team_id, 'notice_' || md5(d.event_key || m.user_id), m.user_id, d.kind, d.event_key, d.data,
       cast(:today as date), 'at_once', 'sent'
from ({DUE_SQL}) d
join contracts c on c.team_id = d.team_id and c.id = d.contract_id
join memberships m on m.team_id = d.team_id and m.role = 'contract_manager'
where c.contact_id is null or c.contact_id = m.user_id
"""),  # noqa: S608 - a constant
)


async def tell(connection: Connection, today: date) -> None:
    """Note that everything that is due on this day was told to the contact persons of the contracts."""
    await TELL.run(connection, today=today)
