"""Terms of subscriptions."""

from datetime import date

import strawberry

from db.contracts.subscription_terms import TermRow
from resolvers.contracts import subscription_terms as terms
from schema.core.fields import expose, shows
from schema.core.refs import MoneyRef


@shows(TermRow)
class SubscriptionTerm:
    """A term of a subscription. The next one begins on the day after its last day."""

    n: int = strawberry.field(description="The number of the term; the first one is 1.")
    starts_on: date = strawberry.field(description="The first day (UTC).")
    ends_on: date = strawberry.field(description="The last day (UTC).")
    months: int | None = strawberry.field(
        description="Its length in months; null if the first term is no number of whole months."
    )
    unit_price: MoneyRef | None = expose(terms.term_price, MoneyRef | None)
