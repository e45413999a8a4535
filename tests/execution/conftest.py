"""What drawn operations leave behind is swept up before other tests see it."""

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def swept() -> Iterator[None]:
    """Coroutines that graphql-core drops in a circle are found by the collector, else in the middle of another file."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()
