"""The terms of subscriptions, and their prices."""

from typing import Any

from db.contracts import subscription_terms as terms
from db.contracts.subscription_terms import TermRow
from db.core.rows import PARENT
from domain.actions import Action
from domain.money import Money
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import Relation, within


@performs(Action.CONTRACTS_READ)
@loaded_by("id")
def subscription_terms(context: Context) -> Loading[list[TermRow]]:
    """The terms, the first one first. Each begins on the day after the one before."""
    return context.loading(_TERMS)


@performs(Action.ORDERS_READ)
def term_price(root: TermRow) -> Money | None:
    """The price of a seat for the whole term; null unless you may see prices of the contract's home team."""
    return None if root.price is None else Money(root.price, root.currency)


@performs(Action.ORDERS_READ)
@loaded_by("id")
def unit_price(context: Context) -> Loading[Money]:
    """The price of a seat for the last term that has begun; for the first term, if none has begun yet.

    Null unless you may see prices of the contract's home team; `viewerCan` says why.
    """
    return context.loading(_PRICE, context.today)


def _with_prices(context: Context, keys: Any) -> tuple[Any, ...]:
    return (context.reach(Action.CONTRACTS_READ), context.reach(Action.ORDERS_READ), keys)


_TERMS = Relation(terms.TERMS_BY_SUBSCRIPTION, terms.TERMS, _with_prices, str(PARENT.name), many=True)
_PRICE = Relation(terms.PRICE_BY_SUBSCRIPTION, terms.PRICES, within(Action.ORDERS_READ), str(PARENT.name))
