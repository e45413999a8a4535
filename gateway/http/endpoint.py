"""The GraphQL endpoint: read the request, make its context, run the operation, respond."""

import re
import time
import uuid
from typing import Any

import structlog
from graphql import OperationType
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.problems import BadInput, Problem
from gateway.http import graphiql
from gateway.http import request as requests
from gateway.http import response as responses
from gateway.http.costs import MAX_COST
from gateway.http.documents import Document, Documents, chosen
from gateway.http.request import GraphQLRequest, MethodNotAllowed
from gateway.runtime import errors, metrics
from policies.engine.live import Live
from resolvers.core.context import Context
from schema.build import Schema

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger()


class Endpoint:
    """GraphQL over HTTP, for one schema, one policy and one database."""

    def __init__(
        self, engine: AsyncEngine, live: Live, schema: Schema, documents: Documents, max_body_bytes: int
    ) -> None:
        """`max_body_bytes` is the size of the largest request body that is read."""
        self._engine = engine
        self._live = live
        self._schema = schema
        self._documents = documents
        self._max_body_bytes = max_body_bytes
        self._kept: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a POST, or a GET with parameters; a GET without any is for GraphiQL."""
        request = Request(scope, receive)
        if request.method == "POST" or (request.method == "GET" and request.query_params):
            response = await self._noted(request)
        else:
            response = graphiql.page(request)
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
            asked = await requests.read(request, self._max_body_bytes)
            document = self._documents.find(asked.query, asked.hash)
            context = self._context(asked, request, request_id)
            await context.identify(writes=_changes(document, asked))
            return await self._run(request, asked, document, context)
        except Problem as problem:
            return responses.refused(request, problem)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever breaks is masked and logged
            return responses.broken(error, request_id)
        finally:
            if context is not None:
                await context.end()

    def _context(self, asked: GraphQLRequest, request: Request, request_id: str) -> Context:
        return Context(
            engine=self._engine,
            policy=self._live.current(),
            credential=asked.credential,
            request_id=request_id,
            address=request.client.host if request.client else "",
            preflighted=asked.preflighted,
            kept=self._kept,
        )

    async def _run(self, request: Request, asked: GraphQLRequest, document: Document, context: Context) -> Response:
        if document.node is None:
            return responses.json({"errors": errors.formatted(document.errors, context.request_id)}, 400)
        operation = chosen(document, asked.operation_name)
        if asked.reads and operation.type is not OperationType.QUERY:
            raise MethodNotAllowed("A GET only reads; send mutations by POST.")
        estimate = operation.cost(asked.variables)
        fell_back = document.fallbacks.note
        result = await self._schema.run(document.node, asked.variables, context, asked.operation_name, fell_back)
        content: dict[str, Any] = {}
        if result.errors:
            content["errors"] = errors.formatted(result.errors, context.request_id)
        # Without a path nothing was executed, and then the answer has no `data`, by the specification.
        if result.data is None and all(error.path is None for error in result.errors or ()):
            return responses.json(content, 400)
        content["data"] = result.data
        content["extensions"] = {"cost": {"estimate": estimate, "used": context.rows, "limit": MAX_COST}}
        response = responses.json(content, 200)
        if context.cookie is not None:
            responses.set_cookie(request, response, context.cookie)
        return response


def _changes(document: Document, asked: GraphQLRequest) -> bool:
    """Whether a mutation is going to run; who acts is found out before errors of the document are told."""
    if asked.reads or document.node is None:
        return False
    try:
        return chosen(document, asked.operation_name).type is OperationType.MUTATION
    except BadInput:
        return False


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
