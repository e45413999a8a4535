"""The document of an order: a link to it, and what it shows when the link is opened."""

from db.billing import order_documents
from db.billing.order_documents import OrderDocument
from db.billing.orders import OrderRow
from domain.actions import Action
from resolvers.core.context import Context, Info
from resolvers.core.mutations import performs
from resolvers.core.signed_links import SignedLink

PATH = "/orders"


@performs(Action.ORDERS_READ)
def document(root: OrderRow, info: Info) -> SignedLink | None:
    """A link to the invoice of the order as a PDF, in the language of the home team; null if the order costs nothing.

    It can be opened for 5 minutes without signing in, as long as you may see the order.
    """
    context = info.context
    if root.subtotal == 0:
        return None
    return context.links.write(PATH, root.id, context.required_credential())


async def read(context: Context, order_id: str) -> OrderDocument | None:
    """What the document of an order shows; None if the actor may not see the order, or if it has no invoice."""
    await context.identify()
    async with context.reading() as connection:
        return await order_documents.by_order(connection, context.reach(Action.ORDERS_READ), order_id)
