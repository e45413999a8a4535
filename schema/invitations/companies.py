"""The mutations of the vendor's staff that create a company, and invite its contract manager again."""

from resolvers.invitations import companies
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(companies.ContractManagerInput, email="The address that the invitation is sent to.")
publish_input(
    companies.CreateCompanyInput,
    name="The name of the company's team. The mail of the invitation shows it.",
    contract_manager="The person who is invited as the first contract manager.",
    subscription="The company's first subscription. You can also add it later with `addSubscription`.",
)
publish_input(
    companies.InviteContractManagerInput,
    team_id="The company's team, as `createCompany` answered it.",
    email="The address that the invitation is sent to.",
)

create_company = expose(companies.create_company, payload(companies.CreateCompanyPayload) | None)
invite_contract_manager = expose(
    companies.invite_contract_manager, payload(companies.InviteContractManagerPayload) | None
)
