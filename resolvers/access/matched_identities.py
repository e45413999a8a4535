"""Let a person at an OpenID provider sign in to the account that has their verified address."""

from db.access import identities
from db.access.identities import IdentityRow
from db.core import ids
from domain.mails import AccountEvent
from resolvers.access.account_notices import notify
from resolvers.core.mutations import Change


async def match_identity(
    change: Change, issuer: str, subject: str, user_id: str, *, proven: bool
) -> IdentityRow | None:
    """Add the person to the account, and queue the mail that tells its owner.

    `proven`: the second factor of the account was given. Returns None, and adds nothing, in the cases of
    `db.access.identities.match`.
    """
    id_ = ids.new("identity")
    added = await identities.match(change.connection, id_, issuer, subject, user_id, proven=proven)
    if added is not None:
        await notify(change, user_id, AccountEvent.IDENTITY_LINKED)
    return added
