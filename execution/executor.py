"""The executor to plug into graphql-core: breadth-first where it can, graphql-core's own where it must."""

from collections.abc import Awaitable, Generator
from typing import Any, ClassVar

from graphql import DocumentNode, GraphQLError, GraphQLSchema
from graphql.execution import Executor
from graphql.pyutils import AwaitableOrValue

from execution.awaiting import settle
from execution.fallback import Recall
from execution.plan import Selection, Unusual
from execution.plans import Plans
from execution.reasons import FellBack, Reason, unnoticed
from execution.shortcuts import Shortcuts
from execution.walk import Waiting, Walk

Steps = Generator[list[Waiting], None, dict[str, Any]]


class BreadthFirst(Executor[Any]):
    """A mixin that runs an operation breadth-first; put it before an executor of graphql-core or of Strawberry.

    Results and errors are those of the executor it is mixed into, which takes over as soon as there is an error to
    report or something that is not compiled. It is told what resolvers gave so far, so that none is asked twice.
    """

    shortcuts: ClassVar[Shortcuts] = Shortcuts()
    plans: ClassVar[Plans] = Plans(shortcuts)
    document: DocumentNode | None = None
    fell_back: FellBack = staticmethod(unnoticed)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "shortcuts" in vars(cls):
            cls.plans = Plans(cls.shortcuts)

    @classmethod
    def build(
        cls, schema: GraphQLSchema, document: DocumentNode, *args: Any, fell_back: FellBack = unnoticed, **kwargs: Any
    ) -> Any:
        """As graphql-core does; the executor also keeps its document, whose plan it looks for.

        `fell_back` is told why, each time when graphql-core's executor has to run the operation or to take it over.
        """
        built = super().build(schema, document, *args, **kwargs)
        if isinstance(built, BreadthFirst):
            built.document, built.fell_back = document, fell_back
        return built

    def execute_operation(self, serially: bool | None = None) -> AwaitableOrValue[Any]:
        """The result, or an awaitable of it when a resolver gave one; as graphql-core's."""
        try:
            selection = self._plan()
        except Exception as error:  # noqa: BLE001 - whatever is wrong, graphql-core's executor says it in its own words
            self._tell(error, Reason.COMPILE_FAILED)
            return super().execute_operation(serially)
        if serially is None:
            serially = self.operation.operation.value == "mutation"
        walk = Walk(self, self.shortcuts)
        steps = walk.run(selection, serially=serially)
        try:
            waiting = next(steps)
        except StopIteration as end:
            return self.build_response(end.value)
        except Exception as error:  # noqa: BLE001 - every error is graphql-core's to report
            self._tell(error, Reason.WALK_FAILED)
            return self._hand_over(walk, serially)
        return self._go_on(walk, steps, waiting, serially)

    async def _go_on(self, walk: Walk, steps: Steps, waiting: list[Waiting], serially: bool) -> Any:
        try:
            while True:
                await settle(waiting)
                waiting = next(steps)
        except StopIteration as end:
            return self.build_response(end.value)
        except Exception as error:  # noqa: BLE001 - every error is graphql-core's to report
            self._tell(error, Reason.WALK_FAILED)
            result = self._hand_over(walk, serially)
        return await result if isinstance(result, Awaitable) else result

    def _plan(self) -> Selection:
        if self.document is None or not self._is_plain():
            raise Unusual(Reason.OPTIONS)
        return self.plans.find(self, self.document)

    def _tell(self, error: Exception, defect: Reason) -> None:
        """Say why graphql-core's executor goes on; what neither it nor the walk expects is a defect."""
        if isinstance(error, Unusual):
            self.fell_back(error.reason, None)
        elif isinstance(error, GraphQLError):
            self.fell_back(Reason.ERROR, None)
        else:
            self.fell_back(defect, error)

    def _is_plain(self) -> bool:
        return (
            self.abort_signal is None
            and self.hooks is None
            and self.error_propagation
            and not (self.middleware_manager and self.middleware_manager.middlewares)
        )

    def _hand_over(self, walk: Walk, serially: bool) -> AwaitableOrValue[Any]:
        self.middleware_manager = recall = Recall(walk.frames)
        result = super().execute_operation(serially)
        if not isinstance(result, Awaitable):
            self.track_async_work(recall.left())
            return result

        async def finish() -> Any:
            try:
                return await result
            finally:
                self.track_async_work(recall.left())

        return finish()
