"""Opens the document of an order by its link: the invoice as a PDF.

The link stands for the credential for which it was made, so neither a cookie nor a header is read. The policy is asked
each time. A link that does not open says nothing about why: it may be in the hands of anybody.
"""

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.billing.order_documents import OrderDocument
from domain.problems import Problem, Unavailable
from gateway.http.contexts import Contexts, request_id_of
from gateway.http.pages import NOT_STORED
from gateway.runtime import errors
from resolvers.billing import order_documents

MAX_WAITING = 8
GONE = "There is no such document, or the link to it has expired. Ask for a new link.\n"
BUSY = "Usher is writing many documents at the moment. Open the link again in a few seconds.\n"
RETRY_SECONDS = "5"


class OrderDocuments:
    """The documents of orders of one process. It writes one at a time, because each takes a processor for a second."""

    def __init__(self, contexts: Contexts, seller: str) -> None:
        """Take what is needed to read them, and the name and the address of the vendor."""
        self._contexts = contexts
        self._seller = seller
        self._writing = CapacityLimiter(1)

    def route(self) -> Route:
        """Return the route of the documents."""
        return Route(f"{order_documents.PATH}/{{link}}", self._open)

    async def _open(self, request: Request) -> Response:
        request_id = request_id_of(request)
        try:
            document = await self._read(request, request_id)
            response = _gone() if document is None else await self._write(document)
        except Unavailable:
            response = _busy()
        except Problem:  # the session has ended, the token was revoked, or the policy denies it
            response = _gone()
        except Exception as error:  # noqa: BLE001 - the last resort: any other error is masked and logged
            [masked] = errors.internal_error(error, request_id)["errors"]
            away = masked["extensions"]["code"] == Unavailable.code
            response = _busy() if away else PlainTextResponse(f"{masked['message']}\n", 500, NOT_STORED)
        response.headers["x-request-id"] = request_id
        return response

    async def _read(self, request: Request, request_id: str) -> OrderDocument | None:
        linked = self._contexts.links.read(order_documents.PATH, request.path_params["link"])
        if linked is None:
            return None
        context = self._contexts.make(request, request_id, linked.credential)
        context.person = ""
        try:
            return await order_documents.read(context, linked.id)
        finally:
            await context.end()

    async def _write(self, document: OrderDocument) -> Response:
        # It loads the fonts and what writes with them, which take memory of each worker, and most write no document.
        from gateway.pdf import invoice  # noqa: PLC0415

        if self._writing.statistics().tasks_waiting >= MAX_WAITING:
            return _busy()
        content = await to_thread.run_sync(invoice.write, document, self._seller, limiter=self._writing)
        shown = {"content-disposition": f'attachment; filename="{invoice.file_name(document)}"'}
        return Response(content, media_type="application/pdf", headers=NOT_STORED | shown)


def _gone() -> Response:
    return PlainTextResponse(GONE, 404, NOT_STORED)


def _busy() -> Response:
    return PlainTextResponse(BUSY, 503, NOT_STORED | {"retry-after": RETRY_SECONDS})
