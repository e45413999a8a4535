"""The ASGI application: settings, policy, schema, database and the endpoint put together."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route

from db.core.engine import connect
from domain.actions import Action
from gateway import serving, worker
from gateway.http import cors, health, invitation_page
from gateway.http.documents import Documents, manifest
from gateway.http.endpoint import Endpoint
from gateway.mail.invitations import PAGE
from gateway.runtime import logs, metrics, settings
from gateway.runtime.settings import Settings, SettingsError
from policies.engine.live import Live
from schema.build import build

# How long a changed policy file goes unnoticed; looking costs a read of a few kilobytes.
RELOAD_SECONDS = 2.0


def create() -> Starlette:
    """The application of one worker process, from the environment. Raises SettingsError, PolicyRefused."""
    logs.configure()
    serving.end_with_parent()
    return application(settings.load(), sends_mail=True)


def application(chosen: Settings, *, sends_mail: bool = False) -> Starlette:
    """The application with these settings, and with a worker inside that sends its mails, or without one.

    Raises SettingsError, PolicyRefused, UnguardedField, BadManifest.
    """
    if chosen.database_url is None:
        raise SettingsError("DATABASE_URL is not set; `usher run` sets it for the embedded PostgreSQL.")
    engine = connect(chosen.database_url)
    # A pool of its own: a mail that is out is written down at once, however many requests wait for a connection.
    mailing = connect(chosen.database_url)
    live = Live(chosen.policy, chosen.shadow_policy, _disagreed)
    schema = build(live.current())
    trusted = manifest(chosen.trusted_documents) if chosen.trusted_documents else None
    documents = Documents(schema.graphql, trusted, only_trusted=chosen.only_trusted_documents)
    endpoint = Endpoint(engine, live, schema, documents, chosen.max_body_bytes)

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

    app = Starlette(routes=_routes(endpoint), middleware=[cors.cross_origin(chosen.allowed_origins)], lifespan=lifespan)
    app.state.engine = engine
    app.state.live = live
    return app


def _routes(endpoint: Endpoint) -> list[Route]:
    return [
        Route("/graphql", endpoint, methods=["GET", "POST"]),
        Route("/", RedirectResponse("/graphql")),
        Route(PAGE, invitation_page.endpoint),
        Route("/healthz", health.endpoint),
        Route("/metrics", metrics.endpoint),
    ]


def _disagreed(action: Action) -> None:
    metrics.DISAGREEMENTS.labels(action.value).inc()
