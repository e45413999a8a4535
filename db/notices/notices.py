"""Queue notices about contracts with their mails, and collect the notices that people want to get together."""

from collections.abc import Sequence
from types import NoneType
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ARRAY, BindParameter, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.queue import jobs
from db.tables.types import ID, Json
from domain.mails import DIGEST, NOTICE, DigestMail, MailOutcome, NoticeMail
from domain.notices import NoticeKind


class NewNotice(NamedTuple):
    """An event to tell about. `team_id` is the home team of the contract; `NoticeKind` says what `data` has.

    The same event always has the same key, such as `renewal:sub_x:2:30`. Without a contract, all contract managers of
    the team are told.
    """

    team_id: str
    contract_id: str | None
    kind: NoticeKind
    event_key: str
    data: Json


class QueuedNotice(NamedTuple):
    """A notice that was queued. It waits for the next digest, or has a mail of its own (`at_once`)."""

    team_id: str
    id: str
    user_id: str
    event_key: str
    at_once: bool


class Digest(NamedTuple):
    """The notices that a person gets in one mail."""

    user_id: str
    digest_id: str


REQUIRED = ", ".join(f"'{kind}'" for kind in NoticeKind if kind.required)
MAIN = "(m.user_id = c.contact_id or not coalesce(bool_or(m.user_id = c.contact_id) over {window}, false))"
"""Whether a contract manager gets the notices of a contract `c` by default: the contact person, or all without one.

A contact person who is no contract manager of the home team any more is none.
"""
DELIVERY = f"""
case when told.main and (told.wanted is null or told.wanted = 'off' and told.kind in ({REQUIRED})) then 'at_once'
     else coalesce(told.wanted, 'off') end
"""
"""How a person gets the notices of a kind: as they want, but nobody switches off what the contact person must get."""

LISTS: tuple[BindParameter[Any], ...] = (
    *(bindparam(name, type_=ARRAY(ID)) for name in ("team_ids", "contract_ids", "keys")),
    *(bindparam(name, type_=ARRAY(Text())) for name in ("kinds", "data")),
)
# Of two workers, the second waits for the rows of the first, and then has nothing to insert. Both insert in one order.
QUEUE = Statement(
    "queue_notices",
    QueuedNotice,
    text(f"""
with told as (
    select e.*, m.user_id, p.delivery as wanted, {MAIN.format(window="(partition by e.event_key)")} as main
    from unnest(:team_ids, :contract_ids, :kinds, :keys, :data) as e (team_id, contract_id, kind, event_key, data)
    join memberships m on m.team_id = e.team_id and m.role = 'contract_manager' and m.accepted_at is not null
    left join contracts c on c.team_id = e.team_id and c.id = e.contract_id
    left join notice_preferences p on p.team_id = e.team_id and p.user_id = m.user_id and p.kind = e.kind
), chosen as (
    select told.*, {DELIVERY} as delivery from told
)
insert into notices (team_id, id, user_id, kind, event_key, data, delivery)
select team_id, 'notice_' || replace(cast(uuidv7() as text), '-', ''), user_id, kind, event_key, cast(data as jsonb),
       delivery
from chosen where delivery <> 'off' order by event_key, user_id
on conflict (event_key, user_id) do nothing
returning team_id, id, user_id, event_key, delivery = 'at_once' as at_once
""").bindparams(*LISTS),  # noqa: S608 - constants
)
# The rows are locked in one order, and looked at again when another worker has released them. A digest is named by its
# first notice, which no other digest can contain.
COLLECT = Statement(
    "collect_digests",
    Digest,
    text("""
with due as (
    select team_id, id, user_id from notices
    where delivery = 'digest' and digest_id is null and mail_state = 'queued'
      and created_at < date_trunc('day', now(), 'UTC')
    order by id for update
), firsts as (
    select user_id, min(id) as digest_id from due group by user_id
), collected as (
    update notices n set digest_id = firsts.digest_id
    from due join firsts using (user_id)
    where n.team_id = due.team_id and n.id = due.id
)
select user_id, digest_id from firsts order by user_id
"""),
)
RECORD = Statement(
    "record_notice_mail",
    NoneType,
    text("""
update notices set mail_state = :mail_state, mail_reason = :reason where team_id = :team_id and id = :id
"""),
)
RECORD_DIGEST = Statement(
    "record_digest_mail",
    NoneType,
    text("""
update notices set mail_state = :mail_state, mail_reason = :reason
where user_id = :user_id and digest_id = :digest_id
"""),
)


async def queue(connection: Connection, notices: Sequence[NewNotice]) -> list[QueuedNotice]:
    """Queue what is new of these notices, and the mails of those that go out at once, in this transaction.

    The contact person is told, or all contract managers of the home team if there is none. The others are told if they
    want to be. People who were told of an event already are not told again. Returns the new ones, by key and person.
    """
    found = await QUEUE.rows(
        connection,
        team_ids=[one.team_id for one in notices],
        contract_ids=[one.contract_id for one in notices],
        kinds=[one.kind.value for one in notices],
        keys=[one.event_key for one in notices],
        data=[orjson.dumps(one.data).decode() for one in notices],
    )
    queued = sorted(found, key=lambda one: (one.event_key, one.user_id))
    await jobs.enqueue(connection, NOTICE, [NoticeMail(one.team_id, one.id) for one in queued if one.at_once])
    return queued


async def queue_digests(connection: Connection) -> list[Digest]:
    """Queue a mail for each person with notices from before today (UTC) that wait for a digest. Returns them."""
    digests = await COLLECT.rows(connection)
    await jobs.enqueue(connection, DIGEST, [DigestMail(*one) for one in digests])
    return digests


async def record_mail(connection: Connection, team_id: str, id_: str, outcome: MailOutcome) -> None:
    """Store in a notice what became of its mail."""
    values = {"mail_state": outcome.state.value, "reason": outcome.reason}
    await RECORD.run(connection, team_id=team_id, id=id_, **values)


async def record_digest(connection: Connection, user_id: str, digest_id: str, outcome: MailOutcome) -> None:
    """Store in all notices of a digest what became of its mail."""
    values = {"mail_state": outcome.state.value, "reason": outcome.reason}
    await RECORD_DIGEST.run(connection, user_id=user_id, digest_id=digest_id, **values)
