"""Logs: one JSON object per line on standard error. They never hold queries, variables, headers or SQL parameters."""

import json
import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer


def configure() -> None:
    """Write the records of structlog and of the libraries to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # The local variables of the frames are left out, because they hold tokens and passwords.
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(_line)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer(_text)
        )
    )
    # python_multipart warns about every malformed form and quotes characters of it. The answer tells the client.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _line(record: Any, **options: Any) -> bytes:
    try:
        return orjson.dumps(record, **options)
    except TypeError:  # half of a surrogate pair, or an integer of more than 64 bits
        return json.dumps(record, separators=(",", ":"), **options).encode()


def _text(record: Any, **options: Any) -> str:
    return _line(record, **options).decode()
