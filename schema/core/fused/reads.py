"""Runs an operation with one statement: what it reads, the decisions on it, and the response."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import compress
from operator import attrgetter
from typing import Any

from graphql import GraphQLError
from graphql.execution import Executor

from db.access import actors
from db.core.connection import DatabaseError
from db.core.database import PoolTimeout
from db.core.descriptions import Column
from db.core.fusion import KEYS, ActorQuery, Level, fused
from db.core.statements import Prepared, TooManyShapes
from domain.credentials import CredentialKind
from domain.problems import PersonDiffers, Problem, Unauthenticated
from execution import sizes
from execution.awaiting import settle
from execution.budget import AnswerTooLarge, Budget
from execution.code import Code
from execution.columns import PageValues, resting
from execution.counted import Counted
from execution.frame import built_of
from execution.plan import NeedsFallback, Selection
from execution.reasons import Reason
from execution.shortcuts import Shortcuts
from execution.walk import Walk
from policies.engine.policy import Policy
from resolvers.core import relay
from resolvers.core.context import Context
from resolvers.core.fact_rows import actor_query, subject_kind
from resolvers.core.relations import NotFused, Sketch
from schema.core.fused.pages import cut, values_of
from schema.core.fused.plan import FusedPlan, NoPlan, operation_name
from schema.core.fused.planner import Planner

MAX_VARIANTS = 8
"""The most plans of one selection: its arguments decide what some fields load."""
MAX_SHAPES = 8
"""The most statements of one plan: arguments that are given or not make many forms of it. The walk reads the others."""
MAX_PLANS = 128
"""The most plans of this process, whatever their documents are. The one that was used longest ago is dropped first."""
MAX_NAME = 60
MAX_FAILURES = 3


Bound = tuple[list[Any], list[PageValues]]
"""The levels with their arguments, and the values of the pages."""
NOTHING: Bound = ([], [])


_plans: "OrderedDict[FusedRead | NoPlan, Selection]" = OrderedDict()


class Mismatch(Exception):
    """In this request, a field loads something else than in the plan."""


class FusedRead:
    """A plan with its statement and its code, ready to run."""

    def __init__(self, name: str, plan: FusedPlan) -> None:
        self.plan = plan
        self.name = name
        self.levels = [
            Level(
                one.kind,
                one.key,
                tuple(Column(name, one.columns[name]) for name in one.used),
                one.parent,
                one.first_only,
                one.rows,
            )
            for one in plan.drafts
        ]
        self.code = Code(name, plan.root, plan.slot_names(), relay.cursor)
        self.resting = [(one.rest_selection(), [value.slot for value in one.rest]) for one in resting(plan.root)]
        self._statements: dict[CredentialKind, tuple[ActorQuery, Prepared]] = {}
        self.needs_snapshot = False
        self.failures = 0
        starts, start = [], 0
        for one in plan.drafts:
            starts.append(start)
            start += len(one.used)
        self._picks = [
            -1 if slot is None else starts[slot[0]] + list(plan.drafts[slot[0]].used).index(slot[1])
            for slot in plan.slots
        ]

    def bind(self, executor: Executor[Any], sketch: Sketch) -> Bound:
        """Return the levels with their arguments, and the values of the pages. Raises Mismatch and errors of fields."""
        if any(field.loaded(executor, sketch).batch is not batch for field, batch in self.plan.apart):
            raise Mismatch
        levels: list[Any] = [None] * len(self.levels)
        pages: list[Any] = [None] * self.plan.pages
        for read in self.plan.reads:
            loaded = read.field.loaded(executor, sketch)
            if loaded.batch is not read.batch:
                raise Mismatch
            key = read.key(executor)
            if read.rows is not None:
                levels[read.rows] = (self.levels[read.rows], key, *read.batch.arguments(sketch, KEYS, *loaded.args))
                continue
            lister, page, order, args = loaded.args
            if lister is not read.lister or order != read.order:
                raise Mismatch
            listing = lister(sketch, *args)
            pages[read.number] = values_of(page, order)
            if read.page is not None:
                levels[read.page] = (self.levels[read.page], key, listing.define, listing.args, page)
            if read.count is not None:
                levels[read.count] = (self.levels[read.count], key, listing.define, listing.args)
        return levels, pages

    async def run(
        self, executor: Counted, shortcuts: Shortcuts, context: Context, sketch: Sketch, bound: Bound
    ) -> dict[str, Any]:
        """Return the data of the response.

        Raises NeedsFallback if the walk must run instead, Unauthenticated, PersonDiffers and AnswerTooLarge.
        """
        levels, pages = bound
        connection, credential = context.reading(), context.required_credential()
        actor, statement = self._statement_for(context.policy, credential.kind)
        arguments = (actor, credential.token_hash, *levels)
        reads = connection.reads
        # Other requests set the attribute while this one waits.
        in_snapshot = self.needs_snapshot
        if in_snapshot:
            async with connection as snapshot:
                records, _ = await statement.run(snapshot, *arguments)
        else:
            records, _ = await context.database.read_once(lambda alone: statement.run(alone, *arguments))
        record = records[0]
        width = len(actor.columns)
        context.become(actors.of_columns(credential.kind, record[:width]))
        connection.only_one = not in_snapshot
        columns = [[] if pick < 0 else record[width + pick] or [] for pick in self._picks]
        self._check(executor, context, sketch, columns)
        self._trim(columns, pages)
        walked = await self._walk(executor, shortcuts, columns, pages) if self.resting else 0
        most, limit = self.code.measure(columns, walked), executor.max_bytes
        if limit is not None and most > limit:
            sizes.check(self.plan.root, columns, limit)
        data = self.code.build(executor, columns, pages)
        context.rows += self._row_count(columns)
        if in_snapshot:
            self.needs_snapshot = connection.reads > reads + 1
        return data

    def _statement_for(self, policy: Policy, kind: CredentialKind) -> tuple[ActorQuery, Prepared]:
        """Return the statement for the policy of this request; that of an earlier policy is dropped."""
        actor, known = actor_query(policy, kind), self._statements.get(kind)
        if known is None or known[0] is not actor:
            known = self._statements[kind] = actor, fused(f"read {self.name[:MAX_NAME]}", MAX_SHAPES)
        return known

    def _check(self, executor: Executor[Any], context: Context, sketch: Sketch, columns: list[list[Any]]) -> None:
        """Fill in the given rows, and decide what must be allowed. Raises NeedsFallback."""
        for slot, key in self.plan.keys:
            columns[slot] = [key if isinstance(key, str) else key.id(executor)]
        if not all(holds(context) for holds in self.plan.conditions):
            raise NeedsFallback
        if not all(context.policy.decide(context.actor, action, target).allowed for action, target in sketch.required):
            raise NeedsFallback
        for given in self.plan.given:
            row = given.given.row(context, **given.arguments.arguments(executor))
            if row is None:
                raise NeedsFallback
            context.rows += given.given.loads
            for name, slot in given.slots.items():
                columns[slot] = [attrgetter(name)(row)]
        for action, slot in self.plan.guards:
            if any(context.refusal_in_team(action, team_id) for team_id in set(columns[slot])):
                raise NeedsFallback

    async def _walk(
        self, executor: Counted, shortcuts: Shortcuts, columns: list[list[Any]], pages: Sequence[PageValues]
    ) -> int:
        """Let the walk resolve the steps that are left to it, and fill in their columns. Return their bytes."""
        walk = Walk(executor, shortcuts, Budget(executor.max_bytes))
        made = self.code.rows(columns, pages)
        frames = [walk.enter_apart(selection, rows) for (selection, _), rows in zip(self.resting, made, strict=True)]
        for waiting in walk.run_levels():
            await settle(waiting)
        for frame, (_, slots) in zip(frames, self.resting, strict=True):
            for slot, column in zip(slots, frame.columns, strict=True):
                columns[slot] = built_of(column)
        walk.forget()
        return walk.budget.used

    def _trim(self, columns: list[list[Any]], pages: list[PageValues]) -> None:
        """Remove the row beyond each page, and note that there was one."""
        for read in self.plan.reads:
            if read.page is not None:
                slots = self.plan.drafts[read.page].used.values()
                pages[read.number], shown = cut(columns[next(iter(slots))], pages[read.number])
                for slot in slots if shown else ():
                    columns[slot] = list(compress(columns[slot], shown))

    def _row_count(self, columns: list[list[Any]]) -> int:
        """Return how many rows were read, as the loaders count them."""
        reads = self.plan.reads
        levels = [read.page if read.rows is None else read.rows for read in reads]
        used = [self.plan.drafts[level].used for level in levels if level is not None]
        counted = [len(set(columns[read.parents])) for read in reads if read.count is not None]
        return sum(len(columns[next(iter(slots.values()))]) for slots in used) + sum(counted)


async def read(executor: Any, shortcuts: Shortcuts, selection: Selection, context: Context) -> Any:
    """Return the data of an operation that one statement can read. None: it cannot, or there is an error to report.

    If it returns None, what was read is forgotten, except the actor. Raises Unauthenticated, PersonDiffers,
    AnswerTooLarge.
    """
    kind = subject_kind(context.required_credential().kind)
    for _ in range(2):
        sketch = Sketch(context.policy, kind, context.today)
        found = None
        try:
            found, bound = _find(executor, shortcuts, selection, sketch)
            return None if found is None else await found.run(executor, shortcuts, context, sketch, bound)
        except (Unauthenticated, PersonDiffers, AnswerTooLarge, DatabaseError, PoolTimeout, OSError):
            raise
        except (NeedsFallback, Problem, GraphQLError, TooManyShapes):
            needs_snapshot = context.reading().refused
        except Exception as error:  # noqa: BLE001 - the walk is the judge, and may have an answer
            executor.report(error, Reason.FUSED_READ_FAILED)
            needs_snapshot = False
            _note_defect(selection, found)
        finally:
            if found is not None:
                _keep(found, selection, is_known=not context.is_unidentified)
        await context.restart()
        if found is None or not needs_snapshot:
            return None
        found.needs_snapshot = True
    return None


def _find(
    executor: Executor[Any], shortcuts: Shortcuts, selection: Selection, sketch: Sketch
) -> tuple[FusedRead | None, Bound]:
    """Return the read whose plan fits what the fields load in this request, and its levels. Make it if there is none.

    Raises the errors of the fields.
    """
    for known in selection.compiled:
        if isinstance(known, NoPlan):
            if known.applies(executor, sketch):
                return None, NOTHING
            continue
        try:
            bound: Bound = known.bind(executor, sketch)
        except (Mismatch, NotFused):
            continue
        return known, bound
    planner = Planner(executor, shortcuts, sketch)
    plan = planner.plan(selection)
    made = planner.no_plan if plan is None else FusedRead(operation_name(executor), plan)
    selection.compiled.append(made)
    if len(selection.compiled) > MAX_VARIANTS:
        _drop(selection.compiled[0], selection)
    return (None, NOTHING) if isinstance(made, NoPlan) else (made, made.bind(executor, sketch))


def _note_defect(selection: Selection, found: FusedRead | None) -> None:
    """Leave the operation to the walk, if no plan can be made or if its plan has failed `MAX_FAILURES` times."""
    if found is not None:
        found.failures += 1
        if found.failures < MAX_FAILURES:
            return
    for known in list(selection.compiled):
        _drop(known, selection)
    selection.compiled.append(NoPlan())


def _keep(plan: FusedRead, selection: Selection, *, is_known: bool) -> None:
    """Keep a plan for a sender who has signed in. So senders with a wrong token push out no plan that others use."""
    if is_known and plan in selection.compiled:
        _plans[plan] = selection
        _plans.move_to_end(plan)
        if len(_plans) > MAX_PLANS:
            _drop(*next(iter(_plans.items())))
    elif plan in selection.compiled and plan not in _plans:
        _drop(plan, selection)


def _drop(plan: FusedRead | NoPlan, selection: Selection) -> None:
    _plans.pop(plan, None)
    selection.compiled.remove(plan)
