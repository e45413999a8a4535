"""Members of an enum have a published description, and their stored value does not change."""

import copy

import orjson
import pytest
from pydantic import TypeAdapter

from domain.described import INFORMATION, Described, DescribedText, Notice


class Colour(Described):
    """A colour."""

    RED = "red", "The colour of a rose."


class State(DescribedText):
    """The state of a request."""

    OPEN = "open", "Nobody has answered it."


class Code(Notice):
    """What Usher tells a client."""

    REFUSED = "refused", "It was not done."
    DONE = "done", "It was done before.", INFORMATION


MEMBERS: dict[str, Described | DescribedText | Notice] = {
    "red": Colour.RED,
    "open": State.OPEN,
    "refused": Code.REFUSED,
    "done": Code.DONE,
}


@pytest.mark.parametrize("value", MEMBERS)
def test_the_value_is_only_the_first_part_of_the_declaration(value: str) -> None:
    member = MEMBERS[value]
    assert member.value == value
    assert type(member)(value) is member
    assert copy.deepcopy(member) is member
    assert orjson.dumps(member) == f'"{value}"'.encode()
    stored = TypeAdapter(type(member))
    assert stored.validate_json(stored.dump_json(member)) is member


def test_members_have_their_description() -> None:
    assert [member.description for member in MEMBERS.values()] == [
        "The colour of a rose.", "Nobody has answered it.", "It was not done.", "It was done before.",
    ]  # fmt: skip


def test_only_a_marked_notice_is_information() -> None:
    assert [member.is_information for member in Code] == [False, True]


def test_a_text_member_is_formatted_as_its_value() -> None:
    assert f"{State.OPEN}" == str(State.OPEN) == "open"


def test_a_member_without_a_description_raises_at_import() -> None:
    with pytest.raises(TypeError, match="Bare 'red' has no description"):

        class Bare(Described):
            RED = "red"

    with pytest.raises(TypeError, match="BareText 'open' has no description"):

        class BareText(DescribedText):
            OPEN = "open"

    with pytest.raises(TypeError, match="BareNotice 'done' has no description"):

        class BareNotice(Notice):
            DONE = "done"
