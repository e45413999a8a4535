"""An executor for graphql-core: breadth-first if possible, otherwise graphql-core's own executor."""

from collections.abc import Awaitable, Generator
from typing import Any, ClassVar

from graphql import DocumentNode, GraphQLError, GraphQLSchema
from graphql.pyutils import AwaitableOrValue

from execution.awaiting import settle
from execution.budget import AnswerTooLarge, Budget
from execution.counted import Counted
from execution.fallback import Fallback
from execution.plan import NeedsFallback, Selection
from execution.plans import Plans
from execution.reasons import Reason, ReportFallback, ignore_fallback
from execution.shortcuts import Shortcuts
from execution.walk import Waiting, Walk

Steps = Generator[list[Waiting], None, dict[str, Any]]


class BreadthFirst(Counted):
    """A mixin that runs an operation breadth-first. Put it before an executor class of graphql-core or Strawberry.

    Results and errors equal those of the other executor. That executor takes over at the first error to report, and if
    something is not compiled. It gets the values that resolvers have already returned, so that no resolver is called
    twice.
    """

    shortcuts: ClassVar[Shortcuts] = Shortcuts()
    plans: ClassVar[Plans] = Plans(shortcuts)
    document: DocumentNode | None = None
    report_fallback: ReportFallback = staticmethod(ignore_fallback)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "shortcuts" in vars(cls):
            cls.plans = Plans(cls.shortcuts)

    @classmethod
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        *args: Any,
        report_fallback: ReportFallback = ignore_fallback,
        max_bytes: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Build the executor as graphql-core does, and store the document, because plans are found by it.

        `report_fallback` is called with the reason each time graphql-core's executor runs or takes over an operation.
        `max_bytes` is the size of the largest answer in JSON. If it gets larger, AnswerTooLarge is raised.
        """
        built = super().build(schema, document, *args, **kwargs)
        if isinstance(built, BreadthFirst):
            built.document, built.report_fallback, built.max_bytes = document, report_fallback, max_bytes
        return built

    def execute_operation(self, serially: bool | None = None) -> AwaitableOrValue[Any]:
        """Return the result, or an awaitable of it if a resolver returned an awaitable, as graphql-core does."""
        try:
            selection = self.find_plan()
        except Exception as error:  # noqa: BLE001 - graphql-core's executor reports every error in its words
            self.report(error, Reason.COMPILE_FAILED)
            self.budget = Budget(self.max_bytes)
            return super().execute_operation(serially)
        if serially is None:
            serially = self.operation.operation.value == "mutation"
        walk = Walk(self, self.shortcuts, Budget(self.max_bytes))
        steps = walk.run(selection, serially=serially)
        try:
            waiting = next(steps)
        except StopIteration as end:
            return self.build_response(end.value)
        except AnswerTooLarge:
            self._abandon(walk)
            raise
        except Exception as error:  # noqa: BLE001 - graphql-core's executor reports every error
            self.report(error, Reason.WALK_FAILED)
            return self._fall_back(walk, serially)
        return self._continue(walk, steps, waiting, serially)

    async def _continue(self, walk: Walk, steps: Steps, waiting: list[Waiting], serially: bool) -> Any:
        try:
            while True:
                await settle(waiting)
                waiting = next(steps)
        except StopIteration as end:
            return self.build_response(end.value)
        except AnswerTooLarge:
            self._abandon(walk)
            raise
        except Exception as error:  # noqa: BLE001 - graphql-core's executor reports every error
            self.report(error, Reason.WALK_FAILED)
            result = self._fall_back(walk, serially)
        return await result if isinstance(result, Awaitable) else result

    def find_plan(self) -> Selection:
        """Return the plan of the operation. Raises NeedsFallback, and the errors of graphql-core."""
        if self.document is None or not self._is_plain():
            raise NeedsFallback(Reason.OPTIONS)
        return self.plans.find(self, self.document)

    def report(self, error: Exception, defect: Reason) -> None:
        """Report why the next way takes over. An unexpected error is reported as the reason `defect`."""
        if isinstance(error, NeedsFallback):
            self.report_fallback(error.reason, None)
        elif isinstance(error, GraphQLError):
            self.report_fallback(Reason.ERROR, None)
        else:
            self.report_fallback(defect, error)

    def _is_plain(self) -> bool:
        return (
            self.abort_signal is None
            and self.hooks is None
            and self.error_propagation
            and not (self.middleware_manager and self.middleware_manager.middlewares)
        )

    def _abandon(self, walk: Walk) -> None:
        """Await in the background what resolvers have already started."""
        self.track_async_work(Fallback(walk.frames).unused())
        walk.forget()

    def _fall_back(self, walk: Walk, serially: bool) -> AwaitableOrValue[Any]:
        self.budget = Budget(self.max_bytes)
        self.middleware_manager = fallback = Fallback(walk.frames)
        result = super().execute_operation(serially)
        if not isinstance(result, Awaitable):
            self.track_async_work(fallback.unused())
            return result

        async def finish() -> Any:
            try:
                return await result
            finally:
                self.track_async_work(fallback.unused())

        return finish()
