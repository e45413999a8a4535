"""The GraphQL endpoint: it reads the request, creates its context, runs the operation and responds."""

import time
from dataclasses import replace
from typing import Any

import structlog
from graphql import ExecutionResult, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.problems import BadInput, InvalidCredential, PersonDiffers, Problem, Unauthenticated
from execution.budget import AnswerTooLarge
from gateway.http import graphiql
from gateway.http import request as requests
from gateway.http import response as responses
from gateway.http.contexts import Contexts, address, request_id_of
from gateway.http.costs import MAX_COST
from gateway.http.documents import Document, Documents, Operation, selected_operation
from gateway.http.fairness import KnownPeople
from gateway.http.limits import SIGNED_IN, SignInForLarge
from gateway.http.negotiation import accept, prefers_page
from gateway.http.refusals import MethodNotAllowed
from gateway.http.request import GraphQLRequest
from gateway.http.running import RunningRequests
from gateway.runtime import errors, metrics
from gateway.runtime.settings import Settings
from resolvers.access import credentials
from resolvers.core.context import Context
from schema.build import Schema

# Of every answer. None of its other headers has these names.
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))

log = structlog.get_logger()


class Endpoint:
    """GraphQL over HTTP, for one schema, one policy and one database."""

    def __init__(self, contexts: Contexts, schema: Schema, documents: Documents, chosen: Settings) -> None:
        """Of the settings, it uses the size of the largest request body, and whether GraphiQL is shown."""
        self._contexts = contexts
        self._schema = schema
        self._documents = documents
        self._max_body_bytes = chosen.max_body_bytes
        self._shows_graphiql = graphiql.is_shown(chosen)
        self._has_demo = chosen.demo
        self._people = KnownPeople()
        self._running = RunningRequests()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GraphQL request. A browser that opens the address gets GraphiQL, whatever parameters it has."""
        request = Request(scope, receive)
        if self._shows_graphiql and request.method in {"GET", "HEAD"} and prefers_page(accept(request)):
            response = graphiql.page(demo=self._has_demo)
        else:
            response = await self._logged(request)
        await response(scope, receive, send)

    async def _logged(self, request: Request) -> Response:
        started = time.perf_counter()
        request_id = request_id_of(request)
        response = await self._answer(request, request_id)
        responses.set_media_type(request, response)
        await responses.compress(request, response)
        response.raw_headers += ((b"x-request-id", request_id.encode()), *HEADERS)
        took = time.perf_counter() - started
        metrics.requests(response.status_code).inc()
        metrics.SECONDS.observe(took)
        log.info("request", status=response.status_code, ms=round(took * 1000, 2), request_id=request_id)
        return response

    async def _answer(self, request: Request, request_id: str) -> Response:
        try:
            wanted = await requests.read(request, self._max_body_bytes)
            actor = self._people.take_turn(wanted.credentials, address(request))
            if wanted.credential is None:
                return await self._answer_read(request, wanted, request_id)
            if not self._running.start(actor):
                await self._running.wait(actor, request.receive)
            try:
                return await self._answer_presented(request, wanted, request_id)
            finally:
                self._running.end(actor)
        except Problem as problem:
            return responses.refused(request, problem)
        except Exception as error:  # noqa: BLE001 - the last resort: any other error is masked and logged
            return responses.internal_error(error, request_id)

    async def _answer_presented(self, request: Request, wanted: GraphQLRequest, request_id: str) -> Response:
        """Answer a request with a credential. If that is invalid, find out why for the error."""
        if wanted.other_sessions:
            valid = await credentials.valid_session(self._contexts.database, wanted.credentials)
            wanted = replace(wanted, credential=valid)
        try:
            return await self._answer_read(request, wanted, request_id)
        except InvalidCredential as problem:
            if wanted.credential is None:
                raise
            raise await credentials.explained(self._contexts.database, wanted.credential) from problem

    async def _answer_read(self, request: Request, wanted: GraphQLRequest, request_id: str) -> Response:
        """Answer a request that is read and checked. Raises all that its document and its operation raise."""
        try:
            document = await self._document(request, wanted, request_id)
        except Problem as problem:
            raise wanted.refusal or problem from None
        operation = _operation(document, wanted)
        context = self._contexts.make(request, request_id, wanted.credential, preflighted=wanted.preflighted)
        needs_nobody = not wanted.reads_only and operation is not None and self._needs_nobody(operation, context)
        if wanted.refusal is not None and not needs_nobody:
            raise wanted.refusal
        try:
            if needs_nobody:
                changes = operation is not None and operation.type is OperationType.MUTATION
                await _identify_if_valid(context, writes=changes)
            elif operation is None or not context.is_unidentified:
                await context.identify()
            return await self._run(request, wanted, document, context)
        except Problem as problem:
            raise await _first_problem(context, problem) from None
        finally:
            self._people.note(context.credential, context.actor)
            await context.end()

    def _needs_nobody(self, operation: Operation, context: Context) -> bool:
        """Return whether people may run an operation who have not signed in, such as a sign-in.

        A credential that has ended must not stand in its way: clients send it with every request. A query that asks
        only for names of types needs nobody either, but clients use it to find out whether a credential is valid.
        """
        asks = operation.type is OperationType.MUTATION or any(not name.startswith("__") for name in operation.roots)
        return asks and all(self._schema.is_open(name, context.policy) for name in operation.roots)

    async def _document(self, request: Request, wanted: GraphQLRequest, request_id: str) -> Document:
        """Find the document. Only people who have signed in get large variables read, and a large new one parsed."""
        if not wanted.is_large:
            try:
                return self._documents.find(wanted.query, wanted.hash)
            except SignInForLarge:
                if wanted.credential is None:
                    raise
        context = self._contexts.make(request, request_id, wanted.credential, preflighted=wanted.preflighted)
        try:
            await context.identify()
        finally:
            await context.end()
        return self._documents.find(wanted.query, wanted.hash, SIGNED_IN)

    async def _run(self, request: Request, wanted: GraphQLRequest, document: Document, context: Context) -> Response:
        if document.node is None:
            return responses.not_executed(request, errors.formatted(document.errors, context.request_id))
        operation = selected_operation(document, wanted.operation_name)
        if wanted.reads_only and operation.type is not OperationType.QUERY:
            raise MethodNotAllowed("A GET can only read. Send mutations by POST.", "POST")
        estimate = operation.cost(wanted.variables)
        report_fallback = document.fallbacks.note
        content: dict[str, Any] = {}
        try:
            result = await self._schema.run(
                document.node, wanted.variables, context, wanted.operation_name, report_fallback
            )
        except AnswerTooLarge as error:
            result = ExecutionResult(None, None)
            content["errors"] = errors.body(responses.too_large(error.limit))["errors"]
        if context.credential is not None and not context.is_unidentified:
            self._documents.keep(document)
        if result.errors:
            content["errors"] = errors.formatted(result.errors, context.request_id)
        # If no error has a path, nothing was executed. The specification then requires an answer without `data`.
        if result.errors and result.data is None and all(error.path is None for error in result.errors):
            return responses.not_executed(request, content["errors"])
        content["data"] = result.data
        content["extensions"] = {"cost": {"estimate": estimate, "used": context.rows, "limit": MAX_COST}}
        response = responses.json(content, 200)
        if context.cookie is not None:
            responses.set_cookie(request, response, context.cookie)
        if context.device_cookie is not None:
            responses.set_device_cookie(request, response, context.device_cookie)
        if context.flow_cookie is not None:
            responses.set_flow_cookie(request, response, context.flow_cookie)
        return response


def _operation(document: Document, wanted: GraphQLRequest) -> Operation | None:
    """Return the operation that will run; None if none will."""
    if document.node is None:
        return None
    try:
        return selected_operation(document, wanted.operation_name)
    except BadInput:
        return None


async def _identify_if_valid(context: Context, *, writes: bool) -> None:
    """Load the actor of the credential, with `writes` in the transaction of a mutation. Drop an invalid credential."""
    try:
        await context.identify(writes=writes)
    except InvalidCredential:
        await context.close()
        context.credential = None


async def _first_problem(context: Context, problem: Problem) -> Problem:
    """Return the problem to report: that the actor is not known comes before all others.

    It is found out later if one statement reads the actor and more.
    """
    try:
        if context.is_unidentified and not isinstance(problem, Unauthenticated | PersonDiffers):
            await context.identify()
    except Problem as unknown:
        return unknown
    return problem
