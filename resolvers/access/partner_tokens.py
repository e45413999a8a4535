"""Partner tokens: made, revoked, shown."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import strawberry

from db.access import partner_tokens
from db.access.partner_tokens import TokenRow
from db.core import ids
from db.people.users import UserRow
from domain.actions import Action, Scope
from domain.credentials import CredentialKind, issue
from domain.names import NAME_RULE, is_name
from domain.problems import UserError, UserErrorCode
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.mutations import Change, MutationInput, mutation, one, performs
from resolvers.core.node_kinds import Abilities, NodeKind, readable
from resolvers.people.users import USER

MAX_LIFETIME = timedelta(days=366)


@dataclass
class CreatePartnerTokenInput(MutationInput):
    """A token for a partner of a team: a name to know it by, what it may do, and until when (at most 366 days)."""

    team_id: strawberry.ID
    name: str
    scopes: list[Scope]
    expires_at: datetime


@dataclass
class RevokePartnerTokenInput(MutationInput):
    """Which token to revoke."""

    token_id: strawberry.ID


@dataclass
class CreatePartnerTokenPayload:
    """The new token. `secret` is shown in this answer only and is never stored; it is null in a dry run."""

    SECRETS: ClassVar = ("secret",)

    partner_token: TokenRow | None = None
    secret: str | None = field(
        default=None, metadata={"description": "What the partner sends as `Authorization: Bearer …`."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RevokePartnerTokenPayload:
    """The token, which is now revoked."""

    partner_token: TokenRow | None = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.TOKENS_CREATE)
async def create_partner_token(change: Change, input: CreatePartnerTokenInput) -> CreatePartnerTokenPayload:
    """Make a partner token for a team.

    At any time it may do what its scopes name and you yourself may do then. NAME_INVALID, EXPIRY_INVALID, LIST_EMPTY
    (no scope), SCOPE_NOT_HELD (a scope for what you may not do yourself).
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    await change.decide(facts.team(change.actor, team.id))
    errors = [*_checked(input), *_exceeding(change, input)]
    if errors:
        return CreatePartnerTokenPayload(errors=errors)
    secret, credential = issue(CredentialKind.PARTNER)
    scopes = sorted(set(input.scopes))
    now, expires = datetime.now(UTC), _aware(input.expires_at).astimezone(UTC)
    token = TokenRow(ids.new("token"), team.id, input.name.strip(), scopes, change.by, now, expires, None, None)
    await partner_tokens.create(change.connection, token, credential.token_hash)
    after = {"name": token.name, "scopes": scopes, "expires": expires.isoformat()}
    await change.record(team.id, token.id, {}, after)
    return CreatePartnerTokenPayload(token, None if input.dry_run else secret)


@mutation(Action.TOKENS_REVOKE)
async def revoke_partner_token(change: Change, input: RevokePartnerTokenInput) -> RevokePartnerTokenPayload:
    """Revoke a partner token; the next request with it is refused. Revoking a revoked one changes nothing.

    Raises NOT_FOUND for the token, FORBIDDEN.
    """
    reach = change.reach(Action.TOKENS_READ)
    token = one(await partner_tokens.by_ids(change.connection, reach, [input.token_id]), input.token_id, "token")
    await change.decide(facts.token(change.actor, token.team_id))
    revoked = await partner_tokens.revoke(change.connection, token.team_id, token.id)
    if revoked is None:
        return RevokePartnerTokenPayload(token)
    await change.record(token.team_id, token.id, {"revoked": False}, {"revoked": True})
    return RevokePartnerTokenPayload(revoked)


@performs(Action.MEMBERS_READ)
@of_each("grantor_id")
def grantor(context: Context) -> Loading[UserRow]:
    """Who made it, and whose rights bound it; null when they have left the team."""
    return context.loading(USER.find)


def _checked(input: CreatePartnerTokenInput) -> list[UserError]:
    errors = []
    if not is_name(input.name):
        errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"]))
    if not input.scopes:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one scope.", ["scopes"]))
    if not timedelta() < _aware(input.expires_at) - datetime.now(UTC) <= MAX_LIFETIME:
        message = f"`expiresAt` must lie in the future, at most {MAX_LIFETIME.days} days from now."
        errors.append(UserError(UserErrorCode.EXPIRY_INVALID, message, ["expiresAt"]))
    return errors


def _exceeding(change: Change, input: CreatePartnerTokenInput) -> list[UserError]:
    """The scopes that go beyond what the grantor may do."""
    errors, role = [], facts.roles(change.actor).get(input.team_id)
    for row, scope in enumerate(input.scopes):
        target = next(facts.every(change.context.policy.kinds[scope.action], role))
        if not change.context.policy.decide(change.actor, scope.action, target).allowed:
            message = f"You may not do {scope} yourself, so no token of yours can."
            errors.append(UserError(UserErrorCode.SCOPE_NOT_HELD, message, ["scopes"], row))
    return errors


def _aware(moment: datetime) -> datetime:
    # Not converted to UTC before it is checked: the last hours of the year 9999 do not exist in UTC.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _abilities(policy: Policy, actor: Actor, row: TokenRow) -> Abilities:
    return policy.abilities(actor, facts.token(actor, row.team_id))


TOKEN = NodeKind("token", TokenRow, readable(partner_tokens.by_ids, Action.TOKENS_READ), _abilities, explained=True)
