"""The mutation that sets the products that a team gives to everybody in it."""

from resolvers.groups import default_products
from schema.core.fields import expose, publish_input
from schema.core.member_lists import PEOPLE
from schema.core.payloads import payload

publish_input(
    default_products.SetDefaultProductsInput,
    product_ids=f"All products that the team is to give, each once; at most {default_products.MAX_PRODUCTS}.",
    mode=PEOPLE["mode"],
)

set_default_products = expose(
    default_products.set_default_products, payload(default_products.SetDefaultProductsPayload) | None
)
