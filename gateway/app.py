"""The ASGI application. It combines the settings, the policy, the schema, the database and the endpoint."""

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route

from db.core.database import Database
from domain.actions import Action
from domain.openid_connect import FlowCookies, ProviderSignIns, SignInProvider
from gateway import worker
from gateway.http import console, cors, documents, graphiql, health, not_found
from gateway.http.contexts import Contexts
from gateway.http.endpoint import Endpoint
from gateway.http.order_documents import OrderDocuments
from gateway.http.pages import NOT_STORED
from gateway.mail.email_changes import PAGE as CONFIRM_EMAIL
from gateway.mail.email_changes import UNDO_PAGE
from gateway.mail.invitations import PAGE as INVITATIONS
from gateway.mail.password_resets import PAGE as RESET
from gateway.mail.password_resets import REQUEST_PAGE
from gateway.mail.sign_ups import PAGE as VERIFY
from gateway.runtime import logs, metrics, settings
from gateway.runtime.provider_settings import BEGIN, CALLBACK, SECOND_STEP, ProviderSettings, provider_settings
from gateway.runtime.relying_party import relying_party
from gateway.runtime.settings import Settings, SettingsError
from gateway.runtime.stopping import end_with_parent
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace
from schema.build import build

# The screens to which mails and the sign-in at a provider lead.
LINKED = (INVITATIONS, VERIFY, RESET, REQUEST_PAGE, CONFIRM_EMAIL, UNDO_PAGE, SECOND_STEP)


def create() -> Starlette:
    """Create the application of one worker process from the environment. Raises SettingsError, PolicyRefused."""
    logs.configure()
    end_with_parent()
    return application(settings.load(), sends_mail=True)


def application(chosen: Settings, *, sends_mail: bool = False) -> Starlette:
    """Create the application with these settings. With `sends_mail`, a worker inside it sends the queued mails.

    Raises SettingsError, PolicyRefused, UnguardedField, BadManifest.
    """
    if chosen.database_url is None:
        raise SettingsError("DATABASE_URL is not set; `usher run` sets it for the embedded PostgreSQL.")
    database = Database(chosen.database_url)
    # The worker has its own pool: when a mail is sent, it records that at once, even if many requests wait for a
    # connection.
    mailing = Database(chosen.database_url)
    live = LivePolicy(chosen.policy, chosen.shadow_policy, _count_disagreement)
    schema = build(live.current(), max_answer_bytes=chosen.max_answer_bytes, suggests=chosen.suggestions)
    # `usher run` sets a secret for all workers. Without one, the cookies of this process are valid until it ends.
    secret = chosen.secret or secrets.token_hex()
    provider = provider_settings(chosen)
    contexts = _contexts(database, live, provider, chosen, secret)
    endpoint = Endpoint(contexts, schema, documents.load(schema.graphql, chosen), chosen)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        _calm_the_collector()
        watch = asyncio.create_task(live.watch(worker.RELOAD_SECONDS))
        async with worker.in_background(Workspace(mailing, live.current), chosen) if sends_mail else nullcontext():
            yield
        watch.cancel()
        await mailing.close()
        await database.close()
        logs.flush()

    page = console.page(**_shown(chosen)) if chosen.console and console.is_built() else None
    app = Starlette(
        routes=_routes(endpoint, contexts, provider, chosen, page),
        middleware=[cors.cross_origin(chosen.allowed_origins, chosen.allowed_headers)],
        lifespan=lifespan,
        exception_handlers={404: not_found.handler(page)},
    )
    app.router.redirect_slashes = False  # `not_found` does it
    app.state.database, app.state.live = database, live
    return app


def _contexts(
    database: Database, live: LivePolicy, provider: ProviderSettings | None, chosen: Settings, secret: str
) -> Contexts:
    site, sign_ins = relying_party(chosen, secret), _sign_ins(provider, chosen, secret)
    return Contexts(database, live, secret, chosen.links, site, sign_ins)


def _calm_the_collector() -> None:
    # The objects created so far live as long as the process. The collector does not have to visit them again.
    gc.collect()
    gc.freeze()
    # An operation leaves no reference cycles that hold rows. At the default of 700 the collector ran several times in
    # each nested query, over rows that were all in use.
    gc.set_threshold(50_000)


def _routes(
    endpoint: Endpoint, contexts: Contexts, provider: ProviderSettings | None, chosen: Settings, page: str | None
) -> list[Route]:
    of_graphiql = [Route(graphiql.ASSET, graphiql.asset)] if graphiql.is_shown(chosen) else []
    return [
        Route("/graphql", endpoint),
        *of_graphiql,
        *_provider_routes(contexts, provider, chosen),
        OrderDocuments(contexts, chosen.seller).route(),
        Route("/healthz", health.endpoint),
        Route("/metrics", metrics.endpoint),
        # The last, so that an address of the gateway is never that of a screen.
        *(_without_console(chosen) if page is None else console.routes(page)),
    ]


def _without_console(chosen: Settings) -> list[Route]:
    if chosen.console:
        return [Route(path, console.instead(console.MISSING)) for path in ("/", *LINKED)]
    root = [Route("/", RedirectResponse("/graphql", headers=NOT_STORED))] if graphiql.is_shown(chosen) else []
    return [*root, *(Route(path, console.instead(console.OFF)) for path in LINKED)]


def _shown(chosen: Settings) -> dict[str, bool]:
    """What the console shows beside its screens. GraphiQL is of no use if only trusted documents are allowed."""
    with_graphiql = graphiql.is_shown(chosen) and not chosen.only_trusted_documents
    return {"graphiql": with_graphiql, "demo": chosen.demo}


def _sign_ins(provider: ProviderSettings | None, chosen: Settings, secret: str) -> ProviderSignIns | None:
    if provider is None:
        return None
    shown = SignInProvider(provider.issuer, provider.name, chosen.links + BEGIN)
    return ProviderSignIns(shown, FlowCookies(secret))


def _provider_routes(contexts: Contexts, provider: ProviderSettings | None, chosen: Settings) -> list[Route]:
    if provider is None or contexts.provider_sign_ins is None:
        return []
    # They load an HTTP client, which takes 9 MiB of each worker, and most operators have no provider.
    from gateway.http.openid_pages import OpenIdPages  # noqa: PLC0415
    from gateway.http.openid_provider import OpenIdProvider  # noqa: PLC0415

    asked = OpenIdProvider(provider, chosen.links + CALLBACK)
    return OpenIdPages(contexts, asked, contexts.provider_sign_ins.cookies, chosen.links).routes()


def _count_disagreement(action: Action) -> None:
    metrics.DISAGREEMENTS.labels(action.value).inc()
