"""The fields of an order and of its lines, and the orders of a team and of a contract."""

from db.billing import invoices, order_lines, orders
from db.billing.invoices import InvoiceRow
from db.billing.order_lines import LINES, OrderLineRow
from db.billing.orders import OrderRow
from db.core.paging import Listing
from db.people.teams import TeamRow
from domain.actions import Action
from domain.money import Money
from domain.paging import Paging
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import many, one
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.teams import TEAM


@performs(Action.ORDERS_READ)
@loaded_by("id", action=Action.ORDERS_READ, team="id")
@paged
def team_orders(context: Context, paging: Paging) -> Loading[ConnectionRow[OrderRow]]:
    """The orders under the contracts of which this is the home team, the newest first.

    FORBIDDEN unless you are a contract manager of the team.
    """
    return listing(context, _of_team, paging)


@performs(Action.ORDERS_READ)
@loaded_by("id")
@paged
def contract_orders(context: Context, paging: Paging) -> Loading[ConnectionRow[OrderRow]]:
    """The orders under the contract, the newest first; none unless you may see prices of its home team."""
    return listing(context, _of_contract, paging)


def number(root: OrderRow) -> str:
    """The number of the order, such as O-000123."""
    return f"O-{root.number:06d}"


def subtotal(root: OrderRow) -> Money:
    """The sum of the lines, without tax."""
    return Money(root.subtotal, root.currency)


def tax(root: OrderRow) -> Money:
    """The tax on the subtotal, rounded once."""
    return Money(root.tax, root.currency)


def total(root: OrderRow) -> Money:
    """The subtotal and the tax."""
    return Money(root.subtotal + root.tax, root.currency)


@performs(Action.ORDERS_READ)
@loaded_by("id")
def lines(context: Context) -> Loading[list[OrderLineRow]]:
    """The lines of the order."""
    return context.loading(_LINES)


@performs(Action.ORDERS_READ)
@loaded_by("id")
def invoice(context: Context) -> Loading[InvoiceRow]:
    """The invoice of the order; null if the order costs nothing."""
    return context.loading(_INVOICE)


def unit_price(root: OrderLineRow) -> Money:
    """The price of a seat for the whole term."""
    return Money(root.unit_price, root.currency)


def amount(root: OrderLineRow) -> Money:
    """The price of all seats for the days of the line: prorated by day, half up, and rounded once."""
    return Money(root.amount, root.currency)


def line_tax(root: OrderLineRow) -> Money:
    """The part of the order's tax that belongs to the line."""
    return Money(root.tax, root.currency)


def days(root: OrderLineRow) -> int:
    """The number of days from `startsOn` to `endsOn`, both included."""
    return (root.ends_on - root.starts_on).days + 1


@performs(Action.TEAMS_READ)
@loaded_by("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team that has the seats; null if you do not belong to it."""
    return context.loading(TEAM.find)


@performs(Action.ORDERS_READ)
@loaded_by("order_id")
def order(context: Context) -> Loading[OrderRow]:
    """The order; null unless you may see orders of the home team."""
    return context.loading(ORDER.find)


def _of_team(context: Context) -> Listing[OrderRow]:
    return orders.listed(context.reach(Action.ORDERS_READ))


def _of_contract(context: Context) -> Listing[OrderRow]:
    return orders.of_contract(context.reach(Action.ORDERS_READ))


def _abilities(policy: Policy, actor: Actor, row: OrderRow) -> Abilities:
    return {Action.ORDERS_READ: policy.explain(actor, Action.ORDERS_READ, facts.team(actor, row.team_id))}


_LINES = many(order_lines.BY_ORDER, LINES, Action.ORDERS_READ)
_INVOICE = one(invoices.BY_ORDER, Action.ORDERS_READ, key="order_id")
ORDER = NodeKind("order", OrderRow, one(orders.BY_IDS, Action.ORDERS_READ), _abilities, explained=True)
