"""Accounts, sessions and partner tokens."""

from datetime import UTC, datetime, timedelta

from domain.actions import Scope
from tests.support.examples.example import PASSWORD, Input, Scene, example


@example("user { id email } token", changed={"firstName": "Augusta"})
async def sign_up(scene: Scene, _: str = "a new account") -> Input:
    """An account to open."""
    return {"email": scene.email(), "password": PASSWORD, "firstName": "Ada", "lastName": "Byron"}


@example("user { id email } token", changed={"delivery": "COOKIE"})
async def sign_in(scene: Scene, _: str = "an account") -> Input:
    """An account to sign in to."""
    account = await sign_up.make(scene)
    await scene.client(sign_up.operation(), input=account)
    return {"email": account["email"], "password": PASSWORD}


@example("signedOut", changed={"dryRun": True})
async def sign_out(_scene: Scene, _: str = "the session") -> Input:
    """The session of the request itself."""
    return {}


@example(
    "partnerToken { id name scopes revokedAt grantor { id } } secret",
    changed={"name": "Weekly sync"},
    foreign={"teamId": "team"},
)
async def create_partner_token(scene: Scene, _: str = "the team") -> Input:
    """A token to make."""
    expires = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return {"teamId": scene.team, "name": "Nightly sync", "scopes": ["SEATS_ASSIGN"], "expiresAt": expires}


@example("partnerToken { id revokedAt }", changed={"dryRun": True}, foreign={"tokenId": "token"})
async def revoke_partner_token(scene: Scene, about: str = "another's") -> Input:
    """A token to revoke."""
    grantor = await scene.person("self" if about == "self" else "a manager")
    token, _ = await scene.world.token(scene.team, grantor, Scope.SEATS_READ)
    return {"tokenId": token}
