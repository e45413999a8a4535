"""Metrics for Prometheus: requests, documents, fallbacks, and what a shadow policy would have decided otherwise.

Workers are processes: with several of them each writes its numbers into a folder, and whichever is asked adds all up.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from starlette.requests import Request
from starlette.responses import Response

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("usher_requests", "Requests answered, by HTTP status.", ["status"])
SECONDS = Histogram("usher_request_seconds", "How long answering took.")
DOCUMENTS = Counter("usher_documents", "Documents looked up, by whether they were known.", ["known"])
FALLBACKS = Counter(
    "usher_fallbacks", "Operations that graphql-core's executor ran or took over, by reason.", ["reason"]
)
DISAGREEMENTS = Counter(
    "usher_shadow_disagreements", "Decisions that the shadow policy would have made otherwise.", ["action"]
)
MAILS = Counter("usher_mails", "What became of attempts to send mails: sent, put off, refused, dropped.", ["outcome"])
# Each worker counts the same jobs: one answers for all.
JOBS = Gauge("usher_jobs_waiting", "Jobs that are not done yet.", ["kind"], multiprocess_mode="mostrecent")
MALFORMED = Counter("usher_jobs_malformed", "Jobs ended because their payload does not fit their kind.", ["kind"])


@contextmanager
def shared() -> Iterator[None]:
    """A folder in which the workers started meanwhile add up their numbers."""
    folder = tempfile.mkdtemp(prefix="usher-metrics-")
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def endpoint(_: Request) -> Response:
    """All numbers in Prometheus' text format."""
    registry = REGISTRY
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
