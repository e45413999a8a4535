"""The mutations that create a contract, and that choose who gets the mail about it."""

import re
from dataclasses import dataclass, field

import strawberry

from db.contracts import contract_changes, contracts
from db.contracts.contract_changes import Agreed
from db.contracts.contracts import ContractRow
from db.core import ids
from domain.actions import Action
from domain.contracts import MAX_TEAMS
from domain.money import CURRENCY, WHOLE_RATE
from domain.problems import NotFound, UserError, UserErrorCode
from domain.terms import MAX_GRACE_DAYS
from policies import facts
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, require_row

CURRENCY_RULE = "Write the currency as three capital letters of ISO 4217, such as EUR."
TAX_RULE = f"The tax rate is 0 to {WHOLE_RATE:,} hundredths of a percent."
GRACE_RULE = f"There are 0 to {MAX_GRACE_DAYS} days of grace."
TEAMS_RULE = f"A contract serves at most {MAX_TEAMS} teams."
NO_MANAGER = "Choose a contract manager of the home team who has accepted the invitation."


@dataclass
class CreateContractInput(MutationInput):
    """The home team of a new contract, its currency, and what else was agreed."""

    team_id: strawberry.ID
    currency: str
    tax_rate: int = 0
    grace_days: int = 0
    team_ids: list[strawberry.ID] | None = None


@dataclass
class CreateContractPayload:
    """The contract that was created. `errors` say why none was created."""

    contract_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the new contract; null if none was created."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class SetContactPersonInput(MutationInput):
    """The contract, and the contract manager of its home team who is to get the mail about it."""

    contract_id: strawberry.ID
    user_id: strawberry.ID | None = None


@dataclass
class SetContactPersonPayload:
    """The contract with its contact person. `errors` say why it did not change."""

    contract: ContractRow = field(metadata={"description": "The contract, with its present contact person."})
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.CONTRACTS_CREATE)
async def create_contract(change: Change, input: CreateContractInput) -> CreateContractPayload:
    """Create a contract of a company. Only the vendor's staff may do it.

    The contract managers of the home team see its prices and amend it. It may serve other teams, too. CURRENCY_INVALID,
    TAX_RATE_INVALID, GRACE_INVALID. LIST_TOO_LONG: too many teams. Raises NOT_FOUND for a team, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    team_ids = sorted({str(input.team_id), *map(str, input.team_ids or ())})
    errors = _refusals(input, len(team_ids))
    if errors:
        return CreateContractPayload(errors=errors)
    if await contract_changes.count_teams(change.connection, team_ids) < len(team_ids):
        raise NotFound("team")
    agreed = Agreed(str(input.team_id), ids.new("contract"), input.currency, input.tax_rate, input.grace_days)
    await contract_changes.create(change.connection, agreed, team_ids)
    terms = {"currency": input.currency, "taxRate": input.tax_rate, "graceDays": input.grace_days}
    await change.record(input.team_id, agreed.id, {}, {**terms, "teams": team_ids})
    return CreateContractPayload(strawberry.ID(agreed.id))


@mutation(Action.CONTRACTS_AMEND)
async def set_contact_person(change: Change, input: SetContactPersonInput) -> SetContactPersonPayload:
    """Choose the contract manager of the home team who gets the mail about a contract; without one, all of them get it.

    CONTACT_INVALID: this person is no contract manager there, or has not accepted the invitation.
    Raises NOT_FOUND for the contract, FORBIDDEN.
    """
    found = await contracts.by_ids(change.connection, change.reach(Action.CONTRACTS_READ), [input.contract_id])
    before = require_row(found, input.contract_id, "contract")
    await change.decide(facts.team(change.actor, before.team_id))
    if before.contact_id == input.user_id:
        return SetContactPersonPayload(before)
    after = before._replace(contact_id=input.user_id)
    if not await contract_changes.set_contact(change.connection, after):
        error = UserError(UserErrorCode.CONTACT_INVALID, NO_MANAGER, ["userId"])
        return SetContactPersonPayload(before, [error])
    await change.record(before.team_id, before.id, {"contact": before.contact_id}, {"contact": after.contact_id})
    return SetContactPersonPayload(after)


def _refusals(input: CreateContractInput, teams: int) -> list[UserError]:
    """What is wrong with a contract to create, which serves this number of teams."""
    errors = []
    if not re.fullmatch(CURRENCY, input.currency):
        errors.append(UserError(UserErrorCode.CURRENCY_INVALID, CURRENCY_RULE, ["currency"]))
    if not 0 <= input.tax_rate <= WHOLE_RATE:
        errors.append(UserError(UserErrorCode.TAX_RATE_INVALID, TAX_RULE, ["taxRate"]))
    if not 0 <= input.grace_days <= MAX_GRACE_DAYS:
        errors.append(UserError(UserErrorCode.GRACE_INVALID, GRACE_RULE, ["graceDays"]))
    if teams > MAX_TEAMS:
        errors.append(UserError(UserErrorCode.LIST_TOO_LONG, TEAMS_RULE, ["teamIds"]))
    return errors
