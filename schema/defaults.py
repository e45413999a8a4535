"""What a team gives to everybody in it, and the mutation that says so."""

import strawberry

from resolvers import defaults
from schema.errors import UserError
from schema.fields import accepts, expose, shows
from schema.groups import FREED, PROMOTED, SEATS, WAITS
from schema.people import PEOPLE
from schema.refs import SeatRef, TeamRef, WaitRef

accepts(
    defaults.SetDefaultProductsInput,
    product_ids=f"All that the team is to give, each once; at most {defaults.MAX_PRODUCTS}.",
    mode=PEOPLE["mode"],
)


@shows(defaults.SetDefaultProductsPayload)
class SetDefaultProductsPayload:
    """The team, and the seats that came and went; `errors` name those who were not served."""

    team: TeamRef
    seats: list[SeatRef] = strawberry.field(description=SEATS)
    waits: list[WaitRef] = strawberry.field(description=WAITS)
    freed: list[SeatRef] = strawberry.field(description=FREED)
    promoted: list[SeatRef] = strawberry.field(description=PROMOTED)
    errors: list[UserError]


set_default_products = expose(defaults.set_default_products, SetDefaultProductsPayload | None)
