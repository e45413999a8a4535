"""The ASGI application: settings, policy, schema and database put together, and the one endpoint."""

import asyncio
import gc
import multiprocessing
import os
import re
import signal
import threading
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import orjson
import structlog
from graphql import OperationType
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry.http.ides import get_graphql_ide_html

from db.engine import connect
from domain.actions import Action
from domain.problems import BadInput, Problem, Unauthenticated
from gateway import errors, invitation_page, logs, metrics, requests, settings, worker
from gateway.costs import MAX_COST
from gateway.documents import Document, Documents, chosen, manifest
from gateway.invitation_mails import PAGE
from gateway.requests import Operation
from gateway.settings import Settings, SettingsError
from policies.live import Live
from resolvers.context import PREFLIGHT, Context
from resolvers.delivery import LIFETIME
from schema.build import Schema, build

# How long a changed policy file goes unnoticed; looking costs a read of a few kilobytes.
RELOAD_SECONDS = 2.0
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
STATUS = {
    "UNAUTHENTICATED": 401,
    "PREFLIGHT_REQUIRED": 403,
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "UNAVAILABLE": 503,
}

log = structlog.get_logger()


class CrossOrigin(CORSMiddleware):
    """Answers browsers about other origins; whoever names no origin is none of its business."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what names no origin as it is; GraphQL's answers are not stored, so need not say that they vary."""
        if any(name == b"origin" for name, _ in scope.get("headers", ())):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class Gateway:
    """One endpoint over one schema, one policy and one database."""

    def __init__(self, engine: AsyncEngine, live: Live, settings_: Settings) -> None:
        """Build the schema and check it against the policy in force. Raises UnguardedField, BadManifest."""
        self.engine = engine
        self.live = live
        self.max_body_bytes = settings_.max_body_bytes
        self.kept: set[str] = set()
        self.schema: Schema = build(live.current())
        trusted = manifest(settings_.trusted_documents) if settings_.trusted_documents else None
        self.documents = Documents(self.schema.graphql, trusted, only_trusted=settings_.only_trusted_documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GraphQL over HTTP by POST; GraphiQL for a browser by GET."""
        request = Request(scope, receive)
        if request.method == "POST" or (request.method == "GET" and request.query_params):
            response = await self._noted(request)
        else:
            response = _page(request)
        await response(scope, receive, send)

    async def _noted(self, request: Request) -> Response:
        started = time.perf_counter()
        request_id = _request_id(request)
        response = await self._answer(request, request_id)
        response.headers["x-request-id"] = request_id
        response.headers["cache-control"] = "no-store"
        took = time.perf_counter() - started
        metrics.REQUESTS.labels(response.status_code).inc()
        metrics.SECONDS.observe(took)
        log.info("request", status=response.status_code, ms=round(took * 1000, 2), request_id=request_id)
        return response

    async def _answer(self, request: Request, request_id: str) -> Response:
        context = None
        try:
            reads = request.method == "GET"
            asked = requests.read(request) if reads else await requests.operation(request, self.max_body_bytes)
            context = self._context(request, request_id)
            document = self.documents.find(asked.query, asked.hash)
            await context.identify(writes=_changes(document, asked))
            return await self._executed(request, asked, document, context)
        except Problem as problem:
            return _refused(request, problem)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever breaks is masked and logged
            content = errors.broken(error, request_id)
            return _json(content, STATUS.get(content["errors"][0]["extensions"]["code"], 500))
        finally:
            if context is not None:
                await context.end()

    def _context(self, request: Request, request_id: str) -> Context:
        return Context(
            engine=self.engine,
            policy=self.live.current(),
            credential=requests.credential(request),
            request_id=request_id,
            address=request.client.host if request.client else "",
            preflighted=requests.preflighted(request),
            kept=self.kept,
        )

    async def _executed(self, request: Request, asked: Operation, document: Document, context: Context) -> Response:
        if document.node is None:
            return _json({"errors": errors.formatted(document.errors, context.request_id)}, 400)
        operation = chosen(document, asked.name)
        if asked.reads and operation.type is not OperationType.QUERY:
            raise requests.MethodNotAllowed("A GET only reads; send mutations by POST.")
        estimate = operation.cost(asked.variables)
        result = await self.schema.run(document.node, asked.variables, context, asked.name)
        content: dict[str, Any] = {}
        if result.errors:
            content["errors"] = errors.formatted(result.errors, context.request_id)
        # Without a path nothing was executed, and then the answer has no `data`, by the specification.
        unexecuted = result.data is None and all(error.path is None for error in result.errors or ())
        if not unexecuted:
            content["data"] = result.data
            content["extensions"] = {"cost": {"estimate": estimate, "used": context.rows, "limit": MAX_COST}}
        response = _json(content, 400 if unexecuted else 200)
        if context.cookie is not None:
            _set_cookie(request, response, context.cookie)
        return response

    async def health(self, _: Request) -> Response:
        """Whether this process can serve: it reaches the database."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("select 1"))
        except (DBAPIError, OSError, PoolTimeout):
            return PlainTextResponse("the database cannot be reached\n", 503)
        return PlainTextResponse("ok\n")


def create() -> Starlette:
    """The application of one worker process, from the environment. Raises SettingsError, PolicyRefused."""
    logs.configure()
    _end_with_parent()
    return application(settings.load(), sends_mail=True)


def _end_with_parent() -> None:
    """End this worker when the process that started it is killed: it would keep the port from the next start."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def application(chosen: Settings, *, sends_mail: bool = False) -> Starlette:
    """The application with these settings, and with a worker inside that sends its mails, or without one.

    Raises SettingsError, PolicyRefused, UnguardedField.
    """
    if chosen.database_url is None:
        raise SettingsError("DATABASE_URL is not set; `usher run` sets it for the embedded PostgreSQL.")
    engine = connect(chosen.database_url)
    # A pool of its own: a mail that is out is written down at once, however many requests wait for a connection.
    mailing = connect(chosen.database_url)
    live = Live(chosen.policy, chosen.shadow_policy, _disagreed)
    gateway = Gateway(engine, live, chosen)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # What was made so far stays for good: the collector need not walk it again for each view's garbage.
        gc.collect()
        gc.freeze()
        # An operation leaves no cycles with rows in them. At the usual 700 the collector ran several times in each
        # nested view, over rows that were all in use.
        gc.set_threshold(50_000)
        watch = asyncio.create_task(live.watch(RELOAD_SECONDS))
        async with worker.beside(mailing, chosen) if sends_mail else nullcontext():
            yield
        watch.cancel()
        await mailing.dispose()
        await engine.dispose()

    app = Starlette(routes=_routes(gateway), middleware=[_cross_origin(chosen)], lifespan=lifespan)
    app.state.engine = engine
    app.state.live = live
    return app


def _routes(gateway: Gateway) -> list[Route]:
    return [
        Route("/graphql", gateway, methods=["GET", "POST"]),
        Route("/", RedirectResponse("/graphql")),
        Route(PAGE, invitation_page.endpoint),
        Route("/healthz", gateway.health),
        Route("/metrics", metrics.endpoint),
    ]


def _cross_origin(chosen: Settings) -> Middleware:
    return Middleware(
        CrossOrigin,
        allow_origins=chosen.allowed_origins,
        allow_credentials=True,
        allow_methods=["POST"],
        allow_headers=["authorization", "content-type", PREFLIGHT, "x-request-id"],
    )


def _disagreed(action: Action) -> None:
    metrics.DISAGREEMENTS.labels(action.value).inc()


def _changes(document: Document, asked: Operation) -> bool:
    """Whether a mutation is going to run; what is wrong with the request is said after who acts is known."""
    if asked.reads or document.node is None:
        return False
    try:
        return chosen(document, asked.name).type is OperationType.MUTATION
    except BadInput:
        return False


def _page(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        message = "Send GraphQL by POST; open this address in a browser for GraphiQL.\n"
        return PlainTextResponse(message, 405, {"allow": "POST"})
    return HTMLResponse(get_graphql_ide_html("graphiql"))


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _refused(request: Request, problem: Problem) -> Response:
    status = STATUS.get(str(problem.extensions["code"]), 400)
    response = _json(errors.body(problem), status)
    if isinstance(problem, Unauthenticated):
        response.headers["www-authenticate"] = "Bearer"
        if requests.COOKIE in request.cookies and "authorization" not in request.headers:
            # A script cannot remove the cookie; left in place, it would refuse every further sign-in.
            _set_cookie(request, response, "")
    return response


def _set_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        requests.COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()) if token else 0,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
