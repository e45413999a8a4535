"""The companies that buy, for the vendor's staff: their contracts, subscriptions, orders and invoices.

The policy decides each field on the vendor's business, because the staff has no role in any team.
"""

import asyncio
import re
from datetime import date

import strawberry

from db.billing.invoices import InvoiceRow
from db.billing.orders import OrderRow
from db.contracts import company_sales
from db.contracts.company_sales import CompanyRow, CompanySubscriptionRow
from db.contracts.contracts import ContractRow
from db.core import searches
from db.core.paging import ROOT, Listing
from domain import terms, text
from domain.actions import Action
from domain.orders import InvoiceStatus
from domain.paging import Paging
from domain.problems import BadInput, NotFound
from domain.terms import SubscriptionStatus
from policies import facts
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged, with_level_loader
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import Relation
from resolvers.core.relay import ConnectionRow, listing

NUMBER = re.compile(r"(C|O|INV)-0*([1-9][0-9]{0,17})", re.ASCII | re.IGNORECASE)


def _companies(context: Context, search: str = "", *, paging: Paging) -> Loading[ConnectionRow[CompanyRow]]:
    _require(context)
    if len(search) > text.MAX_LENGTH:
        raise BadInput(f"`search` must have at most {text.MAX_LENGTH} characters.")
    return listing(context, _listed, paging, search)


@performs(Action.COMPANIES_READ)
@with_level_loader(paged(_companies), ROOT)
@paged
def all_companies(
    info: Info, search: str = "", *, paging: Paging
) -> "asyncio.Future[ConnectionRow[CompanyRow] | None]":
    """The companies that buy, the newest first. FORBIDDEN unless you belong to the vendor's staff."""
    return _companies(info.context, search, paging=paging).load(ROOT)


@performs(Action.COMPANIES_READ)
async def company(info: Info, id: strawberry.ID) -> CompanyRow:
    """A company by the id of its team. Raises NOT_FOUND; FORBIDDEN unless you belong to the vendor's staff."""
    _require(info.context)
    found: CompanyRow | None = await info.context.load(_BY_IDS, id)
    if found is None:
        raise NotFound("company")
    return found


@performs(Action.COMPANIES_READ)
@loaded_by("id")
@paged
def contracts(context: Context, paging: Paging) -> Loading[ConnectionRow[ContractRow]]:
    """The contracts that serve the company, the newest first."""
    return listing(context, _contracts, paging)


@performs(Action.COMPANIES_READ)
@loaded_by("id")
@paged
def subscriptions(context: Context, paging: Paging) -> Loading[ConnectionRow[CompanySubscriptionRow]]:
    """The subscriptions of the company, the newest first."""
    return listing(context, _subscriptions, paging)


@performs(Action.COMPANIES_READ)
@loaded_by("id")
@paged
def orders(context: Context, paging: Paging) -> Loading[ConnectionRow[OrderRow]]:
    """The orders under the contracts of which this is the home team, the newest first."""
    return listing(context, _orders, paging)


@performs(Action.COMPANIES_READ)
@loaded_by("id")
@paged
def invoices(
    context: Context, status: InvoiceStatus | None = None, *, paging: Paging
) -> Loading[ConnectionRow[InvoiceRow]]:
    """The invoices under the contracts of which this is the home team, the newest first."""
    return listing(context, _invoices, paging, status, context.today)


def status(root: CompanySubscriptionRow, info: Info) -> SubscriptionStatus:
    """What the subscription gives today (UTC)."""
    return terms.status(root.starts_on, root.ends_on, root.grace_days, info.context.today)


def _require(context: Context) -> None:
    context.require(Action.COMPANIES_READ, facts.business(context.actor))


def _listed(context: Context, search: str) -> Listing[CompanyRow]:
    _require(context)
    number = NUMBER.fullmatch(search.strip())
    if number is None:
        return company_sales.listed(searches.patterns(search), None, None, None)
    kind, found = number[1].upper(), int(number[2])
    return company_sales.listed(None, *(found if kind == one else None for one in ("C", "O", "INV")))


def _contracts(context: Context) -> Listing[ContractRow]:
    _require(context)
    return company_sales.contracts()


def _subscriptions(context: Context) -> Listing[CompanySubscriptionRow]:
    _require(context)
    return company_sales.subscriptions()


def _orders(context: Context) -> Listing[OrderRow]:
    _require(context)
    return company_sales.orders()


def _invoices(context: Context, status: InvoiceStatus | None, today: date) -> Listing[InvoiceRow]:
    _require(context)
    return company_sales.invoices(status, today)


def _readable_by_staff(context: Context, keys: object) -> tuple[object, ...]:
    """The arguments of a query of companies, all of which the staff may read."""
    _require(context)
    return (keys,)


_BY_IDS = Relation(company_sales.BY_IDS, company_sales.COMPANIES, _readable_by_staff)
