"""The command line, run in this process: that is faster than a process for each command.

The arguments and exit codes are those of a real process.
"""

import asyncio

from typer.testing import CliRunner, Result

from gateway.cli.main import app


async def usher(*words: object, **environment: str | None) -> Result:
    """Run one command until it exits. It runs in a thread, because a command starts its own event loop.

    An environment variable whose value is None is not set.
    """
    variables = {"DATABASE_URL": None, "USHER_POLICY": None} | environment
    result = await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def error_output(result: Result) -> str:
    """The error message of a command that failed. Fails if the exit code is not 1 or if stdout is not empty."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()
