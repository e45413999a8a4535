"""Logs: one JSON object per line on standard error. They never hold queries, variables, headers or SQL parameters."""

import asyncio
import io
import json
import logging
import sys
from typing import Any, BinaryIO, cast

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer

FLUSH_SECONDS = 0.05
"""How long a line may wait in the memory of a process that serves requests. A killed process loses such lines."""


class Lines:
    """Writes log lines to a file, those of 50 milliseconds together: a system call takes longer than to make a line.

    Without a running event loop, each line is written at once. When a process ends, Python writes what is left.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting_loop: asyncio.AbstractEventLoop | None = None
        self.write = file.write

    def flush(self) -> None:
        """Write the lines soon; at once if no event loop runs."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._file.flush()
            return
        # Another loop may have ended before it wrote.
        if self._waiting_loop is not loop:
            self._waiting_loop = loop
            loop.call_later(FLUSH_SECONDS, self._flush_now)

    def _flush_now(self) -> None:
        self._waiting_loop = None
        self._file.flush()


def configure() -> None:
    """Write the records of structlog and of the libraries to standard error as JSON."""
    if isinstance(sys.stderr.buffer, io.RawIOBase):
        # Images of containers set PYTHONUNBUFFERED, and then each write would be a system call.
        sys.stderr = open(sys.stderr.fileno(), "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115 - open until the process ends
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # The local variables of the frames are left out, because they hold tokens and passwords.
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(_line)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", Lines(sys.stderr.buffer))),
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


def flush() -> None:
    """Write the lines that wait in memory. A process that a signal ends does not do it by itself."""
    sys.stderr.flush()


def _line(record: Any, **options: Any) -> bytes:
    try:
        return orjson.dumps(record, **options)
    except TypeError:  # half of a surrogate pair, or an integer of more than 64 bits
        return json.dumps(record, separators=(",", ":"), **options).encode()


def _text(record: Any, **options: Any) -> str:
    return _line(record, **options).decode()
