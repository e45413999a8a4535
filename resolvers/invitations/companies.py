"""The mutation of the vendor's staff that creates a company: its team, and the invitation of a contract manager."""

from dataclasses import dataclass, field

import strawberry
from email_validator import EmailNotValidError

from db.core import ids
from db.invitations import bulk_invitations
from db.people import teams
from db.people.teams import TeamRow
from domain.actions import Action
from domain.names import NAME_RULE, is_name
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.core import emails
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation
from resolvers.invitations.bulk_invitations import Invitee, expiry, send_mails, with_accounts
from resolvers.seats import subscriptions
from resolvers.seats.subscriptions import NewSubscriptionInput


@dataclass
class ContractManagerInput:
    """The person who is invited as the first contract manager."""

    first_name: str
    last_name: str
    email: str


@dataclass
class CreateCompanyInput(MutationInput):
    """The name of the company's team, its first contract manager, and its first subscription, if there is one."""

    name: str
    contract_manager: ContractManagerInput
    subscription: NewSubscriptionInput | None = None


@dataclass
class CreateCompanyPayload:
    """The company that was created. `errors` say why none was created."""

    team_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the company's team; null if no company was created."}
    )
    subscription_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the first subscription; null if there is none."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.COMPANIES_CREATE)
async def create_company(change: Change, input: CreateCompanyInput) -> CreateCompanyPayload:
    """Create a company: its team, an invitation that makes a person its contract manager, and a subscription.

    Only the vendor's staff may do it. The invitation is a mail with a link that can be used for 30 days. From then on,
    the contract manager manages the team, and the vendor's staff cannot see who is in it. NAME_INVALID, EMAIL_INVALID.
    For the subscription: SEATS_INVALID, TERM_INVALID. Raises NOT_FOUND for the product, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    errors, email = _checked(input)
    if input.subscription is not None:
        change.require_also(Action.SUBSCRIPTIONS_ADD, facts.business(change.actor))
        errors += subscriptions.subscription_errors(change, input.subscription, ["subscription"])
    if errors:
        return CreateCompanyPayload(errors=errors)
    team = TeamRow(ids.new("team"), input.name.strip(), separation_of_duties=False)
    await teams.create(change.connection, team)
    invited = await _invite(change, team.id, input.contract_manager, email)
    after: dict[str, object] = {"name": team.name, "invited": invited}
    payload = CreateCompanyPayload(strawberry.ID(team.id))
    if input.subscription is not None:
        added, promoted = await subscriptions.add(change, team.id, input.subscription)
        after["subscription"] = {"id": added.id, **subscriptions.audit_values(input.subscription, promoted)}
        payload.subscription_id = strawberry.ID(added.id)
    await change.record(team.id, team.id, {}, after)
    return payload


def _checked(input: CreateCompanyInput) -> tuple[list[UserError], str]:
    """The errors of the names and the e-mail address, and this address in its normal form."""
    manager, path = input.contract_manager, "contractManager"
    names = ((["name"], input.name), ([path, "firstName"], manager.first_name), ([path, "lastName"], manager.last_name))
    errors = [UserError(UserErrorCode.NAME_INVALID, NAME_RULE, field) for field, name in names if not is_name(name)]
    try:
        return errors, emails.valid(manager.email)
    except EmailNotValidError as error:
        return [*errors, UserError(UserErrorCode.EMAIL_INVALID, str(error), [path, "email"])], ""


async def _invite(change: Change, team_id: str, manager: ContractManagerInput, email: str) -> dict[str, object]:
    """Invite the contract manager, and queue the mail. Returns what the audit row says about the invitation."""
    names = (manager.first_name.strip(), manager.last_name.strip())
    invitee = Invitee(0, *names, email, Role.CONTRACT_MANAGER, ())
    [known] = await bulk_invitations.known_addresses(change.connection, team_id, [email])
    people = await with_accounts(change, team_id, [(invitee, known.user_id)])
    [created] = await bulk_invitations.invite(change.connection, team_id, list(people), change.by, expiry())
    await send_mails(change, team_id, [created.id])
    return {created.id: {"user": created.user_id, "role": Role.CONTRACT_MANAGER}}
