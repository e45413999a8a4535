"""Metrics for Prometheus: requests, connections, documents, fallbacks, shadow policy, mails and jobs.

Workers are processes. If there are several, each writes its numbers into a shared folder, and the worker that
answers the request for the metrics adds them up.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from starlette.requests import Request
from starlette.responses import Response

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("usher_requests", "Requests answered, by HTTP status.", ["status"])
SECONDS = Histogram("usher_request_seconds", "Seconds from the request to its answer.")
REFUSED = Counter("usher_connections_refused", "Connections that Usher refused or ended, by reason.", ["reason"])
DOCUMENTS = Counter("usher_documents", "Look-ups of documents, by whether the document was known.", ["known"])
FALLBACKS = Counter("usher_fallbacks", "Operations that took a slower way, by reason.", ["reason"])
DISAGREEMENTS = Counter(
    "usher_shadow_disagreements", "Decisions in which the shadow policy differs from the policy.", ["action"]
)
MAILS = Counter("usher_mails", "Attempts to send a mail, by outcome: sent, put off, refused, dropped.", ["outcome"])
# Each worker counts the same jobs, so the latest value is used instead of the sum.
JOBS = Gauge("usher_jobs_waiting", "Jobs that are not finished yet.", ["kind"], multiprocess_mode="mostrecent")
MALFORMED = Counter("usher_jobs_malformed", "Jobs ended because their payload does not match their kind.", ["kind"])


@lru_cache
def requests(status: int) -> Counter:
    """Return the counter of the requests that were answered with this status."""
    return REQUESTS.labels(status)


@contextmanager
def shared() -> Iterator[None]:
    """Create a folder for the numbers of the workers that start during the block. Delete it at the end."""
    folder = tempfile.mkdtemp(prefix="usher-metrics-")
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def endpoint(_: Request) -> Response:
    """Return all metrics in Prometheus' text format."""
    registry = REGISTRY
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
