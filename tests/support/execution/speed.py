"""Measure how long each executor needs for 2,250 leaf fields in memory: `python -m tests.support.execution.speed`."""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import strawberry
from graphql import ExecutionResult, execute, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.core.shortcuts import Execution


@strawberry.type
class Product:
    """A type with five leaves."""

    id: str
    name: str
    vendor: str
    price: int
    unit: str


@strawberry.type
class Seat:
    """A type with three leaves and a product."""

    id: str
    state: str
    position: int
    product: Product


@strawberry.type
class User:
    """A type with five leaves and five seats."""

    id: str
    first: str
    last: str
    email: str
    age: int
    seats: list[Seat]


PRODUCTS = [Product(id=f"p{n}", name=f"Product {n}", vendor="Lumen", price=n, unit="month") for n in range(5)]
USERS = [
    User(
        id=f"u{n}",
        first="Ada",
        last="Byron",
        email=f"ada{n}@lumen.example",
        age=n,
        seats=[
            Seat(id=f"s{n}-{at}", state="held", position=at, product=product) for at, product in enumerate(PRODUCTS)
        ],
    )
    for n in range(50)
]


@strawberry.type
class Query:
    """The root type, with all users."""

    @strawberry.field
    def users(self) -> list[User]:
        return USERS


SCHEMA = strawberry.Schema(Query)._schema
DOCUMENT = parse(
    "{ users { id first last email age seats { id state position product { id name vendor price unit } } } }"
)


def run(executor: type[StrawberryGraphQLCoreExecutionContext]) -> Any:
    """Return the result of this executor."""
    result = execute(SCHEMA, DOCUMENT, executor_class=executor)
    assert isinstance(result, ExecutionResult)
    assert result.errors is None
    return result.data


def by_hand() -> Any:
    """Return the same data, made by code that is written for this document."""
    return {"users": [_fields(user, "id first last email age", seats=list(map(_seat, user.seats))) for user in USERS]}


def _seat(seat: Seat) -> dict[str, Any]:
    return _fields(seat, "id state position", product=_fields(seat.product, "id name vendor price unit"))


def _fields(value: object, names: str, **more: Any) -> dict[str, Any]:
    return {**{name: getattr(value, name) for name in names.split()}, **more}


def milliseconds(function: Callable[[], Any], times: int) -> float:
    """Return the median time of this number of runs."""
    gc.collect()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


def main() -> None:
    """Run five rounds in turn, so that a drift of the machine affects both executors equally."""
    assert run(Execution) == run(StrawberryGraphQLCoreExecutionContext) == by_hand()
    for _ in range(5):
        stock = milliseconds(lambda: run(StrawberryGraphQLCoreExecutionContext), 20)
        ours = milliseconds(lambda: run(Execution), 400)
        sys.stdout.write(f"graphql-core {stock:.2f} ms, breadth-first {ours:.3f} ms: {stock / ours:.0f} times\n")


if __name__ == "__main__":
    main()
