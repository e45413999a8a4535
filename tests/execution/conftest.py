"""Collects garbage after each module, so that the warnings of generated operations do not fail other tests."""

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def collect_garbage() -> Iterator[None]:
    """Free the coroutines that graphql-core drops in reference cycles.

    Otherwise the collector finds them later, and warns that they were never awaited, during another file's tests.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()
