"""Count the size of an answer that graphql-core's own executor builds."""

from collections.abc import AsyncIterable, Iterable, Sized
from typing import Any

from graphql import GraphQLLeafType, GraphQLList, GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import AwaitableOrValue, Path, Undefined, UndefinedType

from execution.budget import NULL, PUNCTUATION, AnswerTooLarge, Budget, most_bytes, size_of


class Counted(Executor[Any]):
    """A mixin that stops building the answer when it gets larger than `max_bytes`.

    graphql-core makes an error of the field of every exception. So nothing is raised until the end: all fields that are
    left are left out, which takes no work and no memory. Then `build_response` raises AnswerTooLarge.
    """

    max_bytes: int | None = None
    budget: Budget = Budget(None)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Count the keys of an object, and a null for each field."""
        if self.budget.is_spent:
            return {}
        self.budget.used += 3 + sum(len(key) + PUNCTUATION + NULL for key in grouped_field_set)
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> AwaitableOrValue[Any] | UndefinedType:
        """Leave a field out if the answer is too large already. So a later mutation does not start, either."""
        if self.budget.is_spent:
            return Undefined
        return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: AsyncIterable[Any] | Iterable[Any],
        position_context: Any,
    ) -> AwaitableOrValue[list[Any]]:
        """Count a null for each item. Skip the items if the answer is too large already."""
        if self.budget.is_spent:
            return []
        self.budget.used += (NULL + 1) * len(result) if isinstance(result, Sized) else 0
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def complete_leaf_value(self, return_type: GraphQLLeafType, result: Any) -> Any:  # type: ignore[override]
        """Count a value."""
        budget = self.budget
        if budget.is_spent:
            return ""
        completed = super().complete_leaf_value(return_type, result)
        if budget.limit is not None:
            budget.used += most_bytes(return_type) or size_of([completed])
        return completed

    def handle_field_error(
        self, raw_error: Exception, return_type: GraphQLOutputType, field_details_list: FieldDetailsList, path: Path
    ) -> None:
        """Count an error, which is a part of the answer, too."""
        if self.budget.is_spent:
            return
        known = len(self.collected_errors.errors)
        super().handle_field_error(raw_error, return_type, field_details_list, path)
        if self.budget.limit is not None:
            self.budget.used += size_of([error.formatted for error in self.collected_errors.errors[known:]])

    def build_response(self, data: dict[str, Any] | None) -> Any:
        """Build the response. Raises AnswerTooLarge."""
        if self.budget.limit is not None and self.budget.is_spent:
            raise AnswerTooLarge(self.budget.limit)
        return super().build_response(data)
