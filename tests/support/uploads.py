"""A mutation that takes files, and the gateway with it: the published ones need more than a file to be tried."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
import strawberry

from domain.actions import Action
from domain.problems import UserError
from domain.uploads import Upload
from gateway.app import application
from gateway.runtime.settings import Settings
from policies import facts
from resolvers.core.mutations import Change, MutationInput, mutation
from schema.build import Mutation
from schema.core.fields import accepts, expose
from schema.core.payloads import payload


@dataclass
class WeighInput(MutationInput):
    """Files to weigh."""

    file: Upload | None = None
    others: list[Upload] | None = None


@dataclass
class WeighPayload:
    """What came of each: name, media type, size in bytes and SHA-256."""

    files: list[str] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.SESSIONS_END)
async def weigh(change: Change, input: WeighInput) -> WeighPayload:
    """Weigh files."""
    await change.decide(facts.GATEWAY)
    files = [file for file in (input.file, *(input.others or ())) if file]
    return WeighPayload([spelled(file.name, file.media_type, file.content) for file in files])


@strawberry.type(name="Mutation")
class Weighing(Mutation):
    """What can be changed, and the weighing of files."""

    weigh = expose(weigh, payload(WeighPayload))


accepts(WeighInput)


def spelled(name: str, media_type: str, content: bytes) -> str:
    """A file, as it is answered."""
    return f"{name} {media_type} {len(content)} {hashlib.sha256(content).hexdigest()}"


@asynccontextmanager
async def weighing(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway that weighs files, too."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("schema.build.Mutation", Weighing)
        app = application(Settings(database_url=database))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://usher.test") as http,
    ):
        yield http
