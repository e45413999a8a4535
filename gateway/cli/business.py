"""`usher company …`, `subscription`, `orders` and `product`: what the vendor's staff does, by command.

Each runs the mutation of the same name, so rules, audit row and event are the same. No request can withdraw a product.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import strawberry
import typer

from db.catalogue import products as stored_products
from db.core import ids
from domain.actions import Action
from domain.money import BigInt
from domain.problems import NotFound
from domain.text import display_name
from gateway.cli.failures import CommandFailed, command, day
from gateway.cli.workspace import mutate, opened_workspace
from gateway.runtime import subjects
from policies import facts
from resolvers.billing.payments import RecordPaymentInput, ReversePaymentInput, record_payment, reverse_payment
from resolvers.catalogue.products import PRODUCT, AddProductInput, add_product
from resolvers.contracts.subscriptions import AddSubscriptionInput, add_subscription
from resolvers.contracts.withdrawals import Withdrawal, withdraw
from resolvers.core.system import Workspace
from resolvers.invitations.companies import (
    ContractManagerInput,
    CreateCompanyInput,
    InviteContractManagerInput,
    create_company,
    invite_contract_manager,
)

Product = Annotated[str, typer.Option(metavar="NAME", help="The name or the id of a product of the catalogue.")]
Seats = Annotated[int, typer.Option(help="The number of seats.")]
Starts = Annotated[str, typer.Option(metavar="DATE", help="The first day (UTC), as 2026-01-31.")]
Ends = Annotated[str, typer.Option(metavar="DATE", help="The last day (UTC), as 2027-01-30.")]

company = typer.Typer(no_args_is_help=True, help="The companies that buy software.")
subscription = typer.Typer(no_args_is_help=True, help="The subscriptions of companies.")
orders = typer.Typer(no_args_is_help=True, help="The orders of companies, and what they paid.")
product = typer.Typer(no_args_is_help=True, help="The catalogue of products.")


@company.callback()
def company_group() -> None:
    """The companies that buy software."""


@subscription.callback()
def subscription_group() -> None:
    """The subscriptions of companies."""


@orders.callback()
def orders_group() -> None:
    """The orders of companies, and what they paid."""


@product.callback()
def product_group() -> None:
    """The catalogue of products."""


@company.command("create")
@command
def create(
    name: Annotated[str, typer.Argument(help="The name of the company's team.")],
    *,
    email: Annotated[str, typer.Option(help="The e-mail address of the first contract manager.")],
    first_name: Annotated[str, typer.Option(help="Their first name.")],
    last_name: Annotated[str, typer.Option(help="Their last name; leave it out if they have one name only.")] = "",
) -> None:
    """Create a company: its team, and an invitation that makes a person its contract manager."""
    given = CreateCompanyInput(name=name, contract_manager=ContractManagerInput(first_name, email, last_name=last_name))
    with opened_workspace() as (runner, workspace):
        created = runner.run(mutate(workspace, "company create", create_company, given))
    typer.echo(f"The team {created.team_id} is created.")
    typer.echo(f"The invitation to {email} is queued: `usher run` or `usher worker` sends it.")


@company.command("invite")
@command
def invite(
    team: Annotated[str, typer.Argument(metavar="TEAM_ID", help="The team of the company.")],
    *,
    email: Annotated[str, typer.Option(help="The e-mail address of the contract manager.")],
    first_name: Annotated[str, typer.Option(help="Their first name.")],
    last_name: Annotated[str, typer.Option(help="Their last name; leave it out if they have one name only.")] = "",
) -> None:
    """Invite a company's first contract manager again, instead of the person who was invited before."""
    given = InviteContractManagerInput(
        team_id=strawberry.ID(team), email=email, first_name=first_name, last_name=last_name
    )
    with opened_workspace() as (runner, workspace):
        invited = runner.run(mutate(workspace, "company invite", invite_contract_manager, given))
    typer.echo(f"The invitation to {invited.email} is queued: `usher run` or `usher worker` sends it.")


@subscription.command("add")
@command
def add(
    *,
    team: Annotated[str, typer.Option(metavar="ID", help="The team of the company.")],
    product: Product,
    seats: Seats,
    starts: Starts,
    ends: Ends,
) -> None:
    """Add a subscription with its seats to a team. People on the waiting list get the seats first."""
    first, last = day("--starts", starts), day("--ends", ends)
    with opened_workspace() as (runner, workspace):
        product_id = runner.run(_product_id(workspace, "subscription add", product))
        given = AddSubscriptionInput(
            team_id=strawberry.ID(team),
            product_id=strawberry.ID(product_id),
            seats=seats,
            starts_on=first,
            ends_on=last,
        )
        added = runner.run(mutate(workspace, "subscription add", add_subscription, given))
    typer.echo(f"The subscription {added.subscription_id} is added.")


@orders.command("mark-paid")
@command
def mark_paid(
    invoice: Annotated[str, typer.Argument(metavar="NUMBER", help="The number of the invoice, such as INV-000123.")],
    *,
    reference: Annotated[str, typer.Option(help="The reference of the transfer; no two payments have the same.")],
    amount: Annotated[
        int | None, typer.Option(help="The amount in minor units, such as cents; without it, all that is owed.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day on which the money came; without it, today."),
    ] = None,
) -> None:
    """Record a payment of an invoice."""
    given = RecordPaymentInput(
        invoice_number=invoice,
        received_on=datetime.now(UTC).date() if on is None else day("--on", on),
        reference=reference,
        amount=None if amount is None else BigInt(amount),
    )
    with opened_workspace() as (runner, workspace):
        paid = runner.run(mutate(workspace, "orders mark-paid", record_payment, given))
    typer.echo(f"The payment is recorded; {paid.invoice.owed} {paid.invoice.currency} in minor units are still owed.")


@orders.command("reverse-payment")
@command
def reverse(
    reference: Annotated[str, typer.Argument(help="The reference with which the payment was recorded.")],
    *,
    reason: Annotated[str, typer.Option(help="Why it came back, such as the words of the bank.")],
) -> None:
    """Note that a payment came back. Its amount is owed again, and the contact person is told by mail."""
    given = ReversePaymentInput(reference=reference, reason=reason)
    with opened_workspace() as (runner, workspace):
        found = runner.run(mutate(workspace, "orders reverse-payment", reverse_payment, given))
    typer.echo(f"The payment is reversed; {found.invoice.owed} {found.invoice.currency} in minor units are still owed.")


@product.command("add")
@command
def add_to_catalogue(
    name: Annotated[str, typer.Argument(help="The name of the product.")],
    *,
    description: Annotated[str, typer.Option(help="What the product is.")] = "",
) -> None:
    """Add a product to the catalogue."""
    with opened_workspace() as (runner, workspace):
        given = AddProductInput(name=name, description=description)
        added = runner.run(mutate(workspace, "product add", add_product, given))
    typer.echo(f"The product {added.product.id} is added.")


@product.command("withdraw")
@command
def withdraw_product(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The name or the id of a product.")],
    *,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The last day (UTC) on which it is sold; without it, yesterday."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Sell it again; no renewal is switched on.")] = False,
) -> None:
    """Sell a product no more. Subscriptions stay until their terms end, and do not renew themselves after that day."""
    if again and on is not None:
        raise CommandFailed("--again sells the product without a last day. Leave out --on, or --again.")
    last = None if again else datetime.now(UTC).date() - timedelta(1) if on is None else day("--on", on)
    with opened_workspace() as (runner, workspace):
        product_id = runner.run(_product_id(workspace, "product withdraw", product))
        done = runner.run(_withdraw(workspace, product_id, last))
    if last is None:
        typer.echo(f"The product {product_id} is sold, without a last day.")
        return
    typer.echo(f"The last day on which the product {product_id} is sold is {last}.")
    typer.echo(f"Subscriptions that do not renew themselves any more: {done.stopped}")


async def _withdraw(workspace: Workspace, product_id: str, last: date | None) -> Withdrawal:
    """Set the last day on which a product is sold. Raises CommandFailed if there is no such product."""
    subject, run_id = subjects.command("product withdraw"), ids.new("run")
    try:
        async with workspace.change(subject, Action.PRODUCTS_WITHDRAW, run_id) as change:
            return await withdraw(change, product_id, last)
    except NotFound as problem:
        raise CommandFailed(str(problem)) from problem


async def _product_id(workspace: Workspace, name: str, product: str) -> str:
    """The id of a product, given by its id or its name, for a command. Raises CommandFailed if no product has it."""
    if product.startswith(f"{PRODUCT.prefix}_"):
        return product
    async with workspace.change(subjects.command(name), Action.PRODUCTS_READ, ids.new("run")) as read:
        await read.decide(facts.GATEWAY)
        found = await stored_products.by_name(read.connection, display_name(product) or product)
    if found is None:
        raise CommandFailed(f"The catalogue has no product '{product}'. Add it with `usher product add`.")
    return found.id
