"""The pages of a sign-in by OpenID Connect: they send a person to the provider, and receive them back.

The provider sends the person back with a code. A cookie binds the code to the browser in which the sign-in began, so
that nobody can sign somebody else in with a link. The page of an error says what to do. It shows nothing of what the
provider or the address says.
"""

import hmac
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from domain.openid_connect import Claims, FlowCookies, SignInFlow, begin_flow, is_local
from domain.problems import InvalidCredential, Problem, Unavailable, UserError
from gateway.http.contexts import Contexts, request_id_of
from gateway.http.credentials import cookie_values, flow_cookie_name
from gateway.http.id_tokens import TokenRefused
from gateway.http.openid_provider import OpenIdProvider
from gateway.http.pages import SAFE, STYLE, filled, headers
from gateway.http.provider_client import ProviderUnavailable
from gateway.http.response import set_cookie, set_flow_cookie
from gateway.runtime import errors
from gateway.runtime.provider_settings import BEGIN, CALLBACK, LINK, SECOND_STEP
from resolvers.access import identities, identity_sign_ins
from resolvers.access.admission import CallbackAttempt, admit_callback
from resolvers.access.identity_sign_ins import Callback
from resolvers.access.session_delivery import SessionStart
from resolvers.core.context import Context

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Usher: sign-in</title>
<style>@STYLE@</style>
<h1>That did not work</h1>
<p>@MESSAGE@</p>
<p><a href="@ADDRESS@">@STEP@</a></p>
<p><small>@CODE@, request @REQUEST@</small></p>
</html>
"""
RETRY_SECONDS = 10

log = structlog.get_logger()


class Refusal(Exception):
    """Why a sign-in stops here: the status, the code and the message of the page."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


def _refusal(status: int, error: UserError) -> Refusal:
    return Refusal(status, error.code.name, error.message, error.retry_after)


class OpenIdPages:
    """The three pages, for one provider."""

    def __init__(self, contexts: Contexts, provider: OpenIdProvider, cookies: FlowCookies, links: str) -> None:
        """Take what the pages need. `links` is the address below which browsers reach Usher."""
        self._contexts = contexts
        self._provider = provider
        self._cookies = cookies
        self._prefix = urlsplit(links).path

    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        pages = {BEGIN: self._begin, LINK: self._link, CALLBACK: self._callback}
        return [Route(path, self._page(work)) for path, work in pages.items()]

    async def _begin(self, request: Request) -> Response:
        """Begin to sign in. `returnTo` is the path to which the person returns, by default the first page."""
        return_to = request.query_params.get("returnTo", f"{self._prefix}/")
        if not is_local(return_to):
            raise Refusal(400, "BAD_USER_INPUT", "The link names a page that is not of this server. Begin here.")
        flow = begin_flow(return_to)
        response = await self._to_provider(request, flow)
        set_flow_cookie(request, response, self._cookies.write(flow))
        return response

    async def _link(self, request: Request) -> Response:
        """Go on with what the mutation `linkIdentity` began: its answer has set the cookie."""
        flow = self._flow(request)
        if flow is None or flow.session_hash is None:
            raise _over()
        return await self._to_provider(request, flow)

    async def _callback(self, request: Request) -> Response:
        """Receive a person back. The cookie is removed, whatever comes of it, if it is the one of this sign-in."""
        flow, (state, code, issuer, error) = self._flow(request), _values(request, "state", "code", "iss", "error")
        if flow is None or not hmac.compare_digest(state.encode(), flow.state.encode()):
            raise _over()
        request.state.is_spent = True
        if not code or error:
            raise Refusal(400, "SIGN_IN_CANCELLED", "The provider did not sign you in. Begin again if you want to.")
        context = self._contexts.make(request, request.state.request_id)
        try:
            start = await self._finish(context, flow, code, issuer or None)
        finally:
            await context.end()
        if start.challenge is not None:
            step = f"{self._prefix}{SECOND_STEP}?{urlencode({'returnTo': flow.return_to})}"
            return _redirect(f"{step}#{start.challenge}")
        response = _redirect(flow.return_to)
        if start.token is not None:
            set_cookie(request, response, start.token)
        return response

    async def _finish(self, context: Context, flow: SignInFlow, code: str, issuer: str | None) -> SessionStart:
        """Exchange the code, and sign in or link. Returns the session or the challenge that began, if one did."""
        attempt = await admit_callback(context)
        if isinstance(attempt, UserError):
            raise _refusal(429, attempt)
        claims = await self._claims(context, attempt, flow, code, issuer)
        callback = Callback(claims, flow, attempt)
        if flow.session_hash is not None:
            error = await identities.link(context, callback, flow.session_hash)
            if error is not None:
                raise _refusal(400, error)
            return SessionStart()
        payload = await identity_sign_ins.sign_in(context, callback)
        for error in payload.errors:
            raise _refusal(400, error)
        return payload

    async def _claims(
        self, context: Context, attempt: CallbackAttempt, flow: SignInFlow, code: str, issuer: str | None
    ) -> Claims:
        try:
            return await self._provider.claims(flow, code, issuer)
        except TokenRefused as refused:
            log.warning("sign_in_refused", reason=str(refused), request_id=context.request_id)
            raise Refusal(400, "SIGN_IN_REFUSED", "What the provider sent cannot be trusted. Begin again.") from None
        except ProviderUnavailable as away:
            # The person can do nothing about it, so it costs their place nothing.
            async with context.database.transaction() as connection:
                await attempt.give_back(connection)
                await connection.commit()
            raise _away(away, context.request_id) from None

    async def _to_provider(self, request: Request, flow: SignInFlow) -> Response:
        try:
            return _redirect(await self._provider.authorization_url(flow))
        except ProviderUnavailable as away:
            raise _away(away, request.state.request_id) from None

    def _flow(self, request: Request) -> SignInFlow | None:
        """The sign-in that began in this browser. Another host of the domain may have set such a cookie, too."""
        found = map(self._cookies.read, cookie_values(request, flow_cookie_name(request)))
        return next(filter(None, found), None)

    def _page(self, work: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a page: whatever stops it is a page that says what to do."""

        async def endpoint(request: Request) -> Response:
            request_id = request.state.request_id = request_id_of(request)
            try:
                response = await work(request)
            except Refusal as refusal:
                response = self._refused(request, refusal)
            except Problem as problem:
                response = self._refused(request, _from_problem(problem))
            except Exception as error:  # noqa: BLE001 - the last resort: any other error is masked and logged
                response = self._refused(request, _internal(error, request_id))
            if getattr(request.state, "is_spent", False):
                set_flow_cookie(request, response, "")
            log.info("sign_in_page", path=request.url.path, status=response.status_code, request_id=request_id)
            response.headers["x-request-id"] = request_id
            return response

        return endpoint

    def _refused(self, request: Request, refusal: Refusal) -> Response:
        address, step = self._next(request)
        texts = {"MESSAGE": str(refusal), "CODE": refusal.code, "REQUEST": request.state.request_id}
        texts |= {"ADDRESS": address, "STEP": step}
        content = filled(PAGE, {"STYLE": STYLE, **{name: escape(text) for name, text in texts.items()}})
        response = HTMLResponse(content, refusal.status, headers=headers(STYLE))
        if refusal.retry_after is not None:
            response.headers["retry-after"] = str(refusal.retry_after)
        return response

    def _next(self, request: Request) -> tuple[str, str]:
        """Where the page of an error leads, and what it says there. Only the mutation `linkIdentity` begins a link."""
        flow, path = self._flow(request), request.url.path
        links = flow is not None and flow.session_hash is not None
        if not path.endswith(LINK) and not (links and path.endswith(CALLBACK)):
            return self._prefix + BEGIN, "Begin again"
        address = flow.return_to if flow is not None and links else f"{self._prefix}/"
        return address, "Go back to your profile, and add this sign-in again"


def _redirect(url: str) -> Response:
    return RedirectResponse(url, 303, headers=SAFE | {"cache-control": "no-store"})


def _values(request: Request, *names: str) -> list[str]:
    """The value of each parameter of the address, empty without one. Raises Refusal if it has several."""
    given = [request.query_params.getlist(name) for name in names]
    if any(len(values) > 1 for values in given):
        raise Refusal(400, "BAD_USER_INPUT", "The address has a value twice. Begin again.")
    return [values[0] if values else "" for values in given]


def _over() -> Refusal:
    message = "The sign-in took too long, was used already, or began in another browser. Begin again."
    return Refusal(400, "SIGN_IN_OVER", message)


def _away(cause: ProviderUnavailable, request_id: str) -> Refusal:
    log.error("provider_away", reason=str(cause), request_id=request_id)
    message = "The provider does not answer as it should. Begin again in a minute, or sign in in another way."
    return Refusal(503, "UNAVAILABLE", message, RETRY_SECONDS)


def _from_problem(problem: Problem) -> Refusal:
    code = str(problem.extensions["code"])
    if isinstance(problem, InvalidCredential):
        return Refusal(401, code, "Your session has ended meanwhile. Sign in, and then add this sign-in again.")
    if isinstance(problem, Unavailable):
        return Refusal(503, code, "Usher is busy. Begin again in a moment.", RETRY_SECONDS)
    return Refusal(403, code, "The rules of this server do not allow this sign-in. Ask the operator.")


def _internal(error: Exception, request_id: str) -> Refusal:
    [masked] = errors.internal_error(error, request_id)["errors"]
    code = masked["extensions"]["code"]
    return Refusal(503 if code == "UNAVAILABLE" else 500, code, masked["message"])
