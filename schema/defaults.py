"""What a team gives to everybody in it, and the mutation that says so."""

from resolvers import defaults
from schema.fields import accepts, expose
from schema.payloads import payload
from schema.people import PEOPLE

accepts(
    defaults.SetDefaultProductsInput,
    product_ids=f"All that the team is to give, each once; at most {defaults.MAX_PRODUCTS}.",
    mode=PEOPLE["mode"],
)

set_default_products = expose(defaults.set_default_products, payload(defaults.SetDefaultProductsPayload) | None)
