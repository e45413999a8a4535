"""What ends when the person behind an account may have changed."""

from typing import Any

from db.access import actors, partner_tokens
from db.core.connection import Connection


async def end_access(connection: Connection, user_id: str) -> dict[str, Any]:
    """End the sessions of an account, and revoke the partner tokens that it granted.

    Call it when the holder of a link gets an account that nobody has verified, because another person may have made it,
    and when the password of an account is reset, because another person may have got in. Call it after the change of
    the password: this locks the account, so that no session with the old password begins later.
    Returns the values for the audit log; it is empty if nothing had to end.
    """
    ended: dict[str, Any] = {
        "endedSessions": await actors.end_sessions(connection, user_id),
        "revokedTokens": await partner_tokens.revoke_all(connection, user_id),
    }
    return {name: value for name, value in ended.items() if value}
