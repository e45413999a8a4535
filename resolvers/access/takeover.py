"""What ends when the person behind an account may have changed."""

from datetime import datetime
from typing import Any

from db.access import (
    actors,
    email_changes,
    identities,
    partner_tokens,
    passkeys,
    password_resets,
    second_factors,
    sign_in_challenges,
)
from db.core.connection import Connection
from domain.mails import AccountEvent
from resolvers.access.account_notices import notify
from resolvers.core.mutations import Change


async def end_access(connection: Connection, user_id: str) -> dict[str, Any]:
    """End everything with which somebody could act for an account, or get into it, without its password.

    These are its sessions, sign-ins that wait for the second factor, the partner tokens that it granted, its links to
    set a new password, a change of its address that waits for its link, and its identities at OpenID providers. Devices
    and places are known by the password, so they are forgotten with it. Its passkeys remain, but only as a second step.
    So does a link that undoes a change of its address: a thief may reset the password, too, and with this link the
    owner of the older address gets the account back.

    Call it when the holder of a link gets an account that nobody has verified, because another person may have made it,
    and when the password of an account is reset, because another person may have got in. Call it after the change of
    the password: this locks the account, so that no session with the old password begins later.
    Returns the values for the audit log; it is empty if nothing had to end.
    """
    ended: dict[str, Any] = {
        "endedSessions": await actors.end_sessions(connection, user_id),
        "endedSignIns": await sign_in_challenges.void(connection, user_id),
        "revokedTokens": await partner_tokens.revoke_all(connection, user_id),
        **await end_links(connection, user_id),
        "removedIdentities": await identities.remove_all(connection, user_id),
        "passkeysNotAlone": await passkeys.end_alone(connection, user_id),
    }
    return {name: value for name, value in ended.items() if value}


async def end_links(connection: Connection, user_id: str) -> dict[str, Any]:
    """End the links to set a new password, and a change of the address that waits for its link.

    Returns the values for the audit log.
    """
    return {
        "endedLinks": await password_resets.end(connection, user_id),
        "cancelledChanges": await email_changes.cancel(connection, user_id),
    }


async def end_new_factors(change: Change, user_id: str, moment: datetime) -> dict[str, Any]:
    """Remove the second factors that a thief may have added, and tell the person.

    These are those that were added after a moment; and all, if the account got its first one in the 7 days before it: a
    thief of a fresh session needs no password for that, and could keep the owner out with it. Call it after the account
    is locked, and before a session begins. Returns the values for the audit log; it is empty if none was removed.
    """
    removed = await second_factors.remove_new(change.connection, user_id, moment)
    if not any(removed):
        return {}
    await second_factors.forget(change.connection, user_id)
    await notify(change, user_id, AccountEvent.SECOND_FACTORS_REMOVED)
    names = {
        "authenticatorApps": removed.authenticator_apps,
        "passkeys": removed.passkeys,
        "recoveryCodes": removed.recovery_codes,
    }
    return {"removedFactors": names}
