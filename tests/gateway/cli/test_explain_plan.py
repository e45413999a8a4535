"""`usher explain-plan` shows the statement and the code of an operation, as the documentation does."""

import ast
import re
from pathlib import Path

import pytest

from gateway.runtime.settings import ROOT
from tests.support.command_line import error_output, usher

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SEATS = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)[0]
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
VARIABLES = '{"team": "team_x", "first": 20}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file for the document."""
    return tmp_path / "document.graphql"


async def explained(file: Path, document: str, *options: str) -> str:
    """The output of the command for this document."""
    file.write_text(document, encoding="utf-8")  # noqa: ASYNC240 - a temporary file
    done = await usher("explain-plan", file, *options)
    assert done.exit_code == 0, done.stderr
    return done.stdout


async def test_the_page_shows_the_generated_code(file: Path) -> None:
    output = await explained(file, SEATS, "--variables", VARIABLES)
    assert output.startswith("One statement reads the actor and 3 levels, without a transaction.\n\nWITH actor AS")
    code = output[output.index("# c[0]") :]
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(CODE))
    assert re.findall("#.*", code) == re.findall("#.*", CODE)


async def test_fields_without_a_level_are_named_with_their_reason(file: Path) -> None:
    output = await explained(file, "{ viewer { name viewerCan { action } } }")
    assert "After it, the walk resolves:\n  User.viewerCan: a resolver finds it\n" in output


async def test_an_operation_with_several_statements_says_why(file: Path) -> None:
    output = await explained(
        file, '{ viewer { id } explain(action: SEATS_ASSIGN, target: "x", subject: "y") { reason } }'
    )
    assert output == "A statement for each level, in one snapshot, because of:\n  explain: a resolver finds it\n"


@pytest.mark.parametrize(
    ("document", "output"),
    [
        ("{ __typename }", "Nothing is read.\n"),
        (
            "{ __schema { queryType { name } } }",
            "A statement for each level, in one snapshot, because of:\n  __schema: it has no resolver\n",
        ),
    ],
)
async def test_an_operation_without_a_plan_says_so(file: Path, document: str, output: str) -> None:
    assert await explained(file, document) == output


async def test_a_mutation_has_a_transaction(file: Path) -> None:
    output = await explained(file, "mutation { signOut(input: {}) { errors { code } } }")
    assert output == "A mutation makes its change in a transaction. Its payload is read level by level.\n"


@pytest.mark.parametrize(
    ("document", "variables", "problem"),
    [
        ("{", "{}", "Syntax Error"),
        ("{ nothing }", "{}", "Cannot query field 'nothing' on type 'Query'."),
        (SEATS, "{}", "Variable '$team' has invalid value: Expected a value of non-null type 'ID!' to be provided."),
        (SEATS, "{", "The variables are not JSON"),
        (SEATS, "[1]", "The variables are not a JSON object."),
        ("{ teams(first: 0) { totalCount } }", "{}", "`first` must be between 1 and 100"),
        ("query A { viewer { id } } query B { viewer { id } }", "{}", "Must provide operation name"),
    ],
)
async def test_a_mistake_is_one_sentence(file: Path, document: str, variables: str, problem: str) -> None:
    file.write_text(document, encoding="utf-8")  # noqa: ASYNC240 - a temporary file
    assert problem in error_output(await usher("explain-plan", file, "--variables", variables))
