"""Kinds of jobs. A change queues a job in its transaction, and a worker does the job afterwards."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Payload = TypeVar("Payload")


@dataclass(frozen=True)
class JobKind(Generic[Payload]):
    """A kind of job. Each kind has its own lane in every worker, so that a slow kind delays no other kind.

    `name` marks its jobs in the queue. `payload` is the frozen dataclass that says what a job is about. It is stored as
    JSON, so do not put a secret in it. `limit` is the number of jobs of this kind that a worker runs at the same time.
    """

    name: str
    payload: type[Payload]
    limit: int = 1
