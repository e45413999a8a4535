"""`usher explain-plan`: how an operation is read, with the statement and the code that are made for it."""

from typing import Annotated

import orjson
import typer
from graphql import GraphQLError, parse, validate

from domain.problems import Problem
from gateway.cli.failures import CommandFailed, command
from gateway.runtime import settings
from policies.engine.policy import Policy
from schema.build import build
from schema.core.fused.explain import explained

app = typer.Typer(add_completion=False)


@app.command()
@command
def run(
    file: Annotated[typer.FileText, typer.Argument(help="A file with a GraphQL document; `-` is standard input.")],
    *,
    operation: Annotated[str | None, typer.Option(help="The name of one of its operations.")] = None,
    variables: Annotated[str, typer.Option(help="The variables as a JSON object.")] = "{}",
) -> None:
    """Show the statement and the code for an operation, or why it has several statements. Nothing is read."""
    rules = Policy.load(settings.load().policy)
    schema = build(rules).graphql
    try:
        document = parse(file.read())
        problems = validate(schema, document)
        if problems:
            raise problems[0]
        given = orjson.loads(variables)
        if not isinstance(given, dict):
            raise CommandFailed("The variables are not a JSON object.")
        typer.echo(explained(schema, rules, document, given, operation), nl=False)
    except orjson.JSONDecodeError as error:
        raise CommandFailed(f"The variables are not JSON: {error.msg}.") from error
    except Problem as error:
        raise CommandFailed(f"{file.name}: {error}") from error
    except GraphQLError as error:
        raise CommandFailed(f"{file.name}: {error.message}") from error
