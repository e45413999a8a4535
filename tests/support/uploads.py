"""A gateway with one more mutation, `weigh`, whose input takes files and needs nothing else.

The published mutations that take files need more than a file.
"""

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
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation
from schema.build import Mutation
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload


@dataclass
class WeighInput(MutationInput):
    """The files to describe."""

    file: Upload | None = None
    others: list[Upload] | None = None


@dataclass
class WeighPayload:
    """For each file: its name, media type, size in bytes and SHA-256, as `file_line` writes them."""

    files: list[str] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.SESSIONS_END)
async def weigh(change: Change, input: WeighInput) -> WeighPayload:
    """Describe files."""
    await change.decide(facts.GATEWAY)
    files = [file for file in (input.file, *(input.others or ())) if file]
    return WeighPayload([file_line(file.name, file.media_type, file.content) for file in files])


@strawberry.type(name="Mutation")
class MutationWithWeigh(Mutation):
    """The published mutations, and `weigh`."""

    weigh = expose(weigh, payload(WeighPayload))


publish_input(WeighInput)


def file_line(name: str, media_type: str, content: bytes) -> str:
    """The line that describes a file in the payload."""
    return f"{name} {media_type} {len(content)} {hashlib.sha256(content).hexdigest()}"


@asynccontextmanager
async def upload_client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a gateway that also has `weigh`."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("schema.build.Mutation", MutationWithWeigh)
        app = application(Settings(database_url=database))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://usher.test") as http,
    ):
        yield http
