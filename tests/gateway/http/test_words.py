"""Messages about wrong values use the words of JSON and GraphQL, not those of Python."""

import re

import pytest

from gateway.runtime.errors import in_words_of_json
from tests.conftest import Client
from tests.gateway.conftest import Company

PYTHON = re.compile(r"\b(?:None|True|False)\b")
PRODUCTS = "{ products(first: $n) { totalCount } }"
SIGN_OUT = "{ signOut(input: { dryRun: $n }) { signedOut } }"
# A document, its variables, and a part of the message.
WRONG: dict[str, tuple[str, dict[str, object], str]] = {
    "a null literal": ("mutation { signOut(input: { dryRun: null }) { signedOut } }", {}, "not to be null"),
    "a null variable": (f"mutation ($n: Boolean = true) {SIGN_OUT}", {"n": None}, "not to be null"),
    "a null for a non-null variable": (f"query ($n: Int!) {PRODUCTS}", {"n": None}, "not to be null"),
    "a truth for a number": (f"query ($n: Int!) {PRODUCTS}", {"n": True}, "true"),
    "a null in an input": (
        "mutation ($i: SignOutInput!) { signOut(input: $i) { signedOut } }",
        {"i": {"dryRun": None}},
        "not to be null",
    ),
    "a null in a list": (
        "mutation ($i: RemoveMembersInput!) { removeMembers(input: $i) { errors { code } } }",
        {"i": {"teamId": "team_x", "userIds": [None]}},
        "not to be null",
    ),
    "an unknown field beside a truth": (
        "mutation ($i: SignOutInput!) { signOut(input: $i) { signedOut } }",
        {"i": {"dryRun": False, "other": None}},
        "null",
    ),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_value_is_named_as_the_client_wrote_it(client: Client, ours: Company, case: str) -> None:
    document, variables, part = WRONG[case]
    answer = await client(document, ours.coordinator.secret, **variables)
    assert set(answer.codes) <= {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
    messages = [error["message"] for error in answer.content["errors"]]
    assert any(part in message for message in messages), messages
    assert not any(PYTHON.search(message) for message in messages), messages


def test_words_of_a_sentence_stay_as_they_are() -> None:
    for message in ("None of these people is a member.", "The name 'True North' is taken.", "Call it None-such."):
        assert in_words_of_json(message) == message
