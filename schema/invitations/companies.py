"""The mutation of the vendor's staff that creates a company."""

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

create_company = expose(companies.create_company, payload(companies.CreateCompanyPayload) | None)
