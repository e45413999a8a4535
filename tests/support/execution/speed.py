"""How long 2,250 leaf fields in memory take by each executor: `python -m tests.execution.speed`."""

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
    """Five leaves."""

    id: str
    name: str
    vendor: str
    price: int
    unit: str


@strawberry.type
class Seat:
    """Three leaves and a product."""

    id: str
    state: str
    position: int
    product: Product


@strawberry.type
class User:
    """Five leaves and five seats."""

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
    """Everybody."""

    @strawberry.field
    def users(self) -> list[User]:
        return USERS


SCHEMA = strawberry.Schema(Query)._schema
DOCUMENT = parse(
    "{ users { id first last email age seats { id state position product { id name vendor price unit } } } }"
)


def run(executor: type[StrawberryGraphQLCoreExecutionContext]) -> Any:
    """The result by this executor."""
    result = execute(SCHEMA, DOCUMENT, executor_class=executor)
    assert isinstance(result, ExecutionResult)
    assert result.errors is None
    return result.data


def by_hand() -> Any:
    """The same data, written for this document."""
    return {
        "users": [_shown(user, "id first last email age", seats=[_seat(seat) for seat in user.seats]) for user in USERS]
    }


def _seat(seat: Seat) -> dict[str, Any]:
    return _shown(seat, "id state position", product=_shown(seat.product, "id name vendor price unit"))


def _shown(value: object, names: str, **more: Any) -> dict[str, Any]:
    return {**{name: getattr(value, name) for name in names.split()}, **more}


def milliseconds(function: Callable[[], Any], times: int) -> float:
    """The median of so many runs."""
    gc.collect()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


def main() -> None:
    """Alternate five rounds, so that drift hits both alike."""
    assert run(Execution) == run(StrawberryGraphQLCoreExecutionContext) == by_hand()
    for _ in range(5):
        stock = milliseconds(lambda: run(StrawberryGraphQLCoreExecutionContext), 20)
        ours = milliseconds(lambda: run(Execution), 400)
        sys.stdout.write(f"graphql-core {stock:.2f} ms, breadth-first {ours:.3f} ms: {stock / ours:.0f} times\n")


if __name__ == "__main__":
    main()
