"""Logs: one JSON object a line on standard error. Never a query, a variable, a header or a statement's parameters."""

import json
import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer


def configure() -> None:
    """Send structlog's and the libraries' records to standard error, as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Without the frames' variables: they hold tokens and passwords.
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
    # It tells of every malformed form, with characters out of it; who sent it is told by the answer.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _line(record: Any, **how: Any) -> bytes:
    try:
        return orjson.dumps(record, **how)
    except TypeError:  # half of a surrogate pair, or an integer of more than 64 bits
        return json.dumps(record, separators=(",", ":"), **how).encode()


def _text(record: Any, **how: Any) -> str:
    return _line(record, **how).decode()
