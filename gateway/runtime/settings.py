"""Settings, read once per process from the environment. docs/operators.md lists them, and a test compares both."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from domain.failures import Failure
from gateway.runtime.addresses import MailServer, public_address, secure_address, sender_address

ROOT = Path(__file__).parents[2]
LOOPBACK_OF = {"": "127.0.0.1", "0": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened on
"""The loopback address that stands for all addresses of the machine, by what HOST may say."""
ORIGIN = re.compile(r"https?://[^\s/*,]+")
# A token of RFC 9110, 5.6.2, but without the asterisk: a list with `*` would allow every header.
HEADER = re.compile(r"[!#$%&'+.^_`|~0-9A-Za-z-]+")


class SettingsError(Failure):
    """A setting cannot be used. The message names it in one sentence."""


class Settings(BaseSettings):
    """The settings of an operator. The alias of a field is the name of its environment variable."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    host: str = Field("127.0.0.1", alias="HOST", description="Address to listen on.")
    port: int = Field(8000, alias="PORT", ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, alias="USHER_WORKERS", ge=1, le=64, description="Worker processes.")
    database_url: str | None = Field(
        None, alias="DATABASE_URL", description="A PostgreSQL server. If not set, Usher starts the embedded one."
    )
    data: Path = Field(
        ROOT / ".usher", alias="USHER_DATA", description="The folder of the embedded PostgreSQL, and of unsent mails."
    )
    policy: Path = Field(ROOT / "policy.polar", alias="USHER_POLICY", description="The policy file.")
    shadow_policy: Path | None = Field(
        None,
        alias="USHER_SHADOW_POLICY",
        description="A candidate policy, evaluated beside the policy. Differences are logged and counted.",
    )
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        [], alias="USHER_ALLOWED_ORIGINS", description="Other origins whose pages may call Usher, comma-separated."
    )
    allowed_headers: Annotated[list[str], NoDecode] = Field(
        [], alias="USHER_ALLOWED_HEADERS", description="Further headers that these pages may send, comma-separated."
    )
    trusted_documents: Path | None = Field(
        None,
        alias="USHER_TRUSTED_DOCUMENTS",
        description="A JSON file of documents by their SHA-256, loaded at the start.",
    )
    only_trusted_documents: bool = Field(
        False, alias="USHER_ONLY_TRUSTED_DOCUMENTS", description="Refuse all documents that are not trusted."
    )
    max_body_bytes: int = Field(
        1_048_576, alias="USHER_MAX_BODY_BYTES", ge=1024, description="The largest request body in bytes."
    )
    max_connections: int = Field(
        1_000, alias="USHER_MAX_CONNECTIONS", ge=1, le=100_000, description="Open connections of one worker process."
    )
    max_connections_per_address: int = Field(
        250,
        alias="USHER_MAX_CONNECTIONS_PER_ADDRESS",
        ge=1,
        description="Those of them that one address may have. Trusted proxies may have all.",
    )
    header_seconds: int = Field(
        10, alias="USHER_HEADER_SECONDS", ge=1, description="How long the header of a request may take."
    )
    body_seconds: int = Field(
        30, alias="USHER_BODY_SECONDS", ge=1, description="How long a body may take; 16 KiB a second have more time."
    )
    answer_seconds: int = Field(
        30, alias="USHER_ANSWER_SECONDS", ge=1, description="The same for the client that reads an answer."
    )
    idle_seconds: int = Field(
        20, alias="USHER_IDLE_SECONDS", ge=1, description="How long a connection waits for its next request."
    )
    max_answer_bytes: int = Field(
        8_388_608, alias="USHER_MAX_ANSWER_BYTES", ge=65_536, description="The largest answer in bytes."
    )
    introspection: bool = Field(True, alias="USHER_INTROSPECTION", description="Answer `__schema` and `__type`.")
    suggestions: bool = Field(
        True, alias="USHER_SUGGESTIONS", description="Suggest names of the schema if a client misspells one."
    )
    graphiql: bool = Field(True, alias="USHER_GRAPHIQL", description="Show GraphiQL to browsers.")
    console: bool = Field(True, alias="USHER_CONSOLE", description="Serve the console, and take its documents.")
    demo: bool = Field(
        False,
        alias="USHER_DEMO",
        description="Show the demo sign-ins in GraphiQL. `usher run` sets it for its workers.",
    )

    secret: str | None = Field(
        None,
        alias="USHER_SECRET",
        min_length=32,
        repr=False,
        description=(
            "Signs cookies and encrypts secrets. If not set, `usher run` makes one and keeps it in the data folder."
        ),
    )
    smtp_url: str | None = Field(
        None,
        alias="SMTP_URL",
        repr=False,
        description="The mail server. If not set, mails are written into the data folder, and shown.",
    )
    mail_from: str = Field("Usher <usher@localhost>", alias="MAIL_FROM", description="The sender of mails.")
    public_url: str | None = Field(
        None,
        alias="USHER_PUBLIC_URL",
        description="The start of links in mails. If not set, the address of the server.",
    )

    seller: str = Field(
        "Usher",
        alias="USHER_SELLER",
        max_length=500,
        description="The vendor's name and address at the top of invoices, in several lines if you want.",
    )

    oidc_issuer: str | None = Field(
        None,
        alias="USHER_OIDC_ISSUER",
        description="The OpenID provider by which people may sign in; an https:// address, or http:// on this machine.",
    )
    oidc_client_id: str | None = Field(
        None, alias="USHER_OIDC_CLIENT_ID", description="How the provider calls Usher.", min_length=1
    )
    oidc_client_secret: str | None = Field(
        None,
        alias="USHER_OIDC_CLIENT_SECRET",
        repr=False,
        min_length=1,
        description="The secret that the provider gave to Usher.",
    )
    oidc_client_secret_file: Path | None = Field(
        None, alias="USHER_OIDC_CLIENT_SECRET_FILE", description="A file with this secret, instead."
    )
    oidc_name: str | None = Field(
        None, alias="USHER_OIDC_NAME", description="The name of the provider, for people. If not set, its host."
    )
    oidc_second_factor: Annotated[list[str], NoDecode] = Field(
        [],
        alias="USHER_OIDC_SECOND_FACTOR",
        description="Values of `amr` or `acr` by which the provider says that a person used a second factor.",
    )

    @property
    def links(self) -> str:
        """The start of links in mails."""
        return self.public_url or self.address

    @property
    def address(self) -> str:
        """The URL of the server, for a browser on this machine.

        A server that listens on all addresses is reached by the loopback one: 0.0.0.0 is no address to open.
        """
        host = LOOPBACK_OF.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @field_validator("database_url")
    @classmethod
    def _asyncpg(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            # The cause is suppressed: its text may quote a part of the address.
            raise ValueError("must be a database address such as postgresql://user:password@host/name") from None
        if url.get_backend_name() not in {"postgresql", "postgres"}:
            raise ValueError("must be a postgresql:// address. Usher needs PostgreSQL")
        return url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str | None) -> str | None:
        if value is not None:
            MailServer.parse(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        sender_address(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        return None if value is None else public_address(value)

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str | None) -> str | None:
        if value is not None and "?" in secure_address(value):
            raise ValueError("must be an address without a query")
        return value

    @field_validator("allowed_origins", "allowed_headers", "oidc_second_factor", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        # `*` is refused too: then every page could call Usher with the cookie of the person who is signed in.
        if not all(ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError("must list origins such as https://app.example, without a path")
        return value

    @field_validator("allowed_headers")
    @classmethod
    def _headers(cls, value: list[str]) -> list[str]:
        if not all(HEADER.fullmatch(header) for header in value):
            raise ValueError("must list names of headers such as traceparent")
        return value


def load() -> Settings:
    """Load the settings from the environment. Raises SettingsError, which shows no value: it may hold a password."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        raise SettingsError(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}.") from None
