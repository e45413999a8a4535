"""What is known about the credentials of requests: which session of several is valid, and why one is not."""

from collections.abc import Sequence

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.credentials import Credential, CredentialFault, CredentialKind

# The same conditions as those under which a session has an actor, see `db.access.actors`.
FIRST_VALID = Statement(
    "first_valid_session",
    bytes,
    text("""
select s.token_hash
from unnest(cast(:token_hashes as bytea[])) with ordinality as wanted (token_hash, place)
join sessions s on s.token_hash = wanted.token_hash
join users u on u.id = s.user_id
where s.ended_at is null and s.expires_at > statement_timestamp() and u.email_verified_at is not null
order by wanted.place
limit 1
"""),
)

# A session of an account whose address nobody has verified has not ended, but signs nobody in. To its holder that is
# the same.
FAULTS = {
    CredentialKind.SESSION: Statement(
        "fault_of_session",
        CredentialFault,
        text("""
select case when ended_at is null and expires_at <= statement_timestamp() then 'expired' else 'ended' end as fault
from sessions where token_hash = :token_hash
"""),
    ),
    CredentialKind.PARTNER: Statement(
        "fault_of_partner_token",
        CredentialFault,
        text("""
select case when revoked_at is null then 'expired' else 'revoked' end as fault
from partner_tokens where token_hash = :token_hash or previous_hash = :token_hash
"""),
    ),
}


async def first_valid(connection: Connection, sessions: Sequence[Credential]) -> Credential | None:
    """The first of these sessions that is valid; None if none is. It takes one statement, however many they are."""
    found = await FIRST_VALID.row(connection, token_hashes=[one.token_hash for one in sessions])
    return next((one for one in sessions if one.token_hash == found), None)


async def fault(connection: Connection, credential: Credential) -> CredentialFault:
    """Why a credential that was looked up in vain identifies nobody."""
    statement = FAULTS.get(credential.kind)
    if statement is None:
        return CredentialFault.MALFORMED
    return await statement.row(connection, token_hash=credential.token_hash) or CredentialFault.UNKNOWN
