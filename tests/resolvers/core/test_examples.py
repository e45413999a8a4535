"""There is one complete example of each published mutation, from which the tests of all mutations are made."""

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse, validate

from tests.support.examples.registry import EXAMPLES
from tests.support.published_fields import PUBLISHED, input_values, payload_type

# The ids in inputs that belong to no team: all teams share the catalogue of products.
PUBLIC = ("productId", "productIds.0", "subscription.productId", "filter.productId", "filter.withoutProductId")
# The fields of payloads that no example selects, with the reason.
UNSELECTED = {
    **dict.fromkeys(("expiresAt", "challengeExpiresAt"), "It differs between runs, and the tests of sessions read it."),
    "offer": "Only a dry run has it, and the tests of invitations read it.",
}


def selected(mutation: str) -> set[str]:
    """The fields of the payload that the example of a mutation selects."""
    [definition] = parse(EXAMPLES[mutation].operation()).definitions
    assert isinstance(definition, OperationDefinitionNode)
    [field] = definition.selection_set.selections
    assert isinstance(field, FieldNode)
    assert field.selection_set is not None
    return {one.name.value for one in field.selection_set.selections if isinstance(one, FieldNode)}


def test_each_published_mutation_has_one_example() -> None:
    assert PUBLISHED.mutation_type is not None
    assert EXAMPLES.keys() == PUBLISHED.mutation_type.fields.keys()


@pytest.mark.parametrize("mutation", EXAMPLES)
def test_an_example_is_a_valid_operation(mutation: str) -> None:
    assert validate(PUBLISHED, parse(EXAMPLES[mutation].operation())) == []


def test_examples_select_every_field_of_every_payload() -> None:
    unselected = {field for mutation in EXAMPLES for field in payload_type(mutation).fields.keys() - selected(mutation)}
    assert unselected == UNSELECTED.keys()


@pytest.mark.parametrize("mutation", EXAMPLES)
def test_an_example_lists_every_id_that_could_be_of_another_team(mutation: str) -> None:
    ids = {path for path, type_ in input_values(mutation).items() if type_ == "ID"}
    assert EXAMPLES[mutation].foreign.keys() == ids - set(PUBLIC)


@pytest.mark.parametrize("mutation", EXAMPLES)
def test_an_example_changes_a_field_of_the_input(mutation: str) -> None:
    assert EXAMPLES[mutation].changed
    assert EXAMPLES[mutation].changed.keys() <= input_values(mutation).keys()
