"""What the variables of a request may cost before anybody has signed in: values that are coerced, and read again."""

import sys
from typing import Any

import pytest

from gateway.http.request import MAX_KEYS, MAX_UNKNOWN_CHARACTERS, MAX_UNKNOWN_VALUES
from schema.build import MAX_COERCION_ERRORS
from tests.conftest import Client
from tests.support.world import World

Shapes = dict[str, tuple[str, dict[str, Any]]]

SIGN_UP = "mutation ($i: SignUpInput!) { signUp(input: $i) { errors { code } } }"
INVITE = "mutation ($i: InviteMembersInput!) { inviteMembers(input: $i) { errors { code } } }"
PERSON = {"email": "ada@tests.example", "givenName": "Ada", "familyName": "Lane"}
# A message shows at most ten items of a list or an object, and at most two levels.
MOST_SHOWN = (MAX_COERCION_ERRORS + 1) * (1 + 10 * (2 + 20))
FORGED = "usher_s_" + "x" * 43


def keys(number: int, value: object = 1) -> dict[str, Any]:
    return {f"unknown{n}": value for n in range(number)}


BAD: Shapes = {
    "45,000 unknown keys": (SIGN_UP, {"i": keys(45_000)}),
    "one unknown key more than allowed": (SIGN_UP, {"i": keys(MAX_KEYS + 1)}),
    "a wide object in a list": (INVITE, {"i": {"people": [keys(5_000)]}}),
    "a wide object in an unknown key": (SIGN_UP, {"i": {"unknown": {"a": keys(5_000)}}}),
    "5,000 variables": (SIGN_UP, keys(5_000)),
    "5,000 variables of another document": ("{ viewer { id } }", keys(5_000)),
}
LARGE: Shapes = {
    "5,500 people": (INVITE, {"i": {"teamId": "team_x", "people": [PERSON] * 5_500}}),
    "5,500 numbers for people": (INVITE, {"i": {"teamId": "team_x", "people": [1] * 5_500}}),
    "100 wide objects in a list": (INVITE, {"i": {"people": [keys(MAX_KEYS)] * 100}}),
    "lists in a list": (INVITE, {"i": {"people": [[PERSON] * 100] * 100}}),
    "a long text": (SIGN_UP, {"i": keys(1, "a" * (MAX_UNKNOWN_CHARACTERS + 1))}),
    "a long key": (SIGN_UP, {"i": {"a" * (MAX_UNKNOWN_CHARACTERS + 1): 1}}),
    "long texts": (SIGN_UP, {"i": keys(100, "a" * 1_000)}),
    "values that no operation declares": ("{ viewer { id } }", {"i": [1] * MAX_UNKNOWN_VALUES}),
}
SMALL: Shapes = {
    "unknown keys": (SIGN_UP, {"i": keys(MAX_KEYS)}),
    "wrong people": (INVITE, {"i": {"teamId": "team_x", "people": [1] * 1_900}}),
    "wide people": (INVITE, {"i": {"teamId": "team_x", "people": [keys(100, [1, 2])] * 4}}),
    "a long text": (SIGN_UP, {"i": keys(1, "a" * (MAX_UNKNOWN_CHARACTERS - 200))}),
}


@pytest.fixture
def coerced(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each value that is coerced inside of another one."""
    return counted(monkeypatch, "graphql.utilities.coerce_input_value", "coerce_input_value")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each value that a message shows."""
    return counted(monkeypatch, "graphql.pyutils.inspect", "inspect_recursive")


def counted(monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> list[object]:
    calls: list[object] = []
    original = getattr(sys.modules[module], name)

    def count(value: object, *args: Any) -> Any:
        calls.append(value)
        return original(value, *args)

    monkeypatch.setattr(sys.modules[module], name, count)
    return calls


@pytest.mark.parametrize("secret", [None, FORGED], ids=["anonymous", "forged"])
@pytest.mark.parametrize("name", BAD)
async def test_a_wide_object_is_refused_before_it_is_coerced(
    client: Client, coerced: list[object], shown: list[object], name: str, secret: str | None
) -> None:
    query, variables = BAD[name]
    answer = await client(query, secret, **variables)
    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])
    assert coerced == shown == []


@pytest.mark.parametrize("name", LARGE)
async def test_large_variables_are_coerced_only_for_people_who_have_signed_in(
    client: Client, world: World, coerced: list[object], shown: list[object], name: str
) -> None:
    me = await world.person()
    query, variables = LARGE[name]
    for secret, code in ((None, "OPERATION_TOO_LARGE"), (me.secret[:-1] + "_", "UNAUTHENTICATED")):
        assert (await client(query, secret, **variables)).codes == [code]
        assert coerced == shown == []
    assert not {"OPERATION_TOO_LARGE", "UNAUTHENTICATED"} & set((await client(query, me.secret, **variables)).codes)


@pytest.mark.parametrize("name", SMALL)
async def test_wrong_values_get_few_messages(
    client: Client, coerced: list[object], shown: list[object], name: str
) -> None:
    query, variables = SMALL[name]
    answer = await client(query, **variables)
    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    assert len(answer.codes) <= MAX_COERCION_ERRORS + 1
    assert len(coerced) <= MAX_UNKNOWN_VALUES
    assert 0 < len(shown) <= MOST_SHOWN


async def test_a_large_request_takes_one_more_statement(client: Client, world: World, statements: list[str]) -> None:
    me = await world.person()
    for values, number in ((MAX_UNKNOWN_VALUES - 50, 1), (MAX_UNKNOWN_VALUES + 1, 2)):
        statements.clear()
        assert (await client("{ viewer { id } }", me.secret, unused=[1] * values)).data["viewer"]["id"] == me.id
        assert len(statements) == number
