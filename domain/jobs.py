"""Kinds of jobs: work that is queued with a change and done afterwards by a worker."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Payload = TypeVar("Payload")


@dataclass(frozen=True)
class JobKind(Generic[Payload]):
    """A kind of job. Each kind has its own lane in every worker, so that a slow one delays no other.

    `name` marks its jobs in the queue. `payload` is the frozen dataclass that says what a job is about; it is kept as
    JSON and is no place for a secret. `limit` is how many jobs of the kind a worker runs at the same time.
    """

    name: str
    payload: type[Payload]
    limit: int = 1
