"""Run the `usher` command line, also as `python -m gateway`, and load the application of a web worker."""

from typing import Any

from gateway.runtime.loading import load


def main() -> None:
    """Load the command line, and run it."""
    load("gateway.cli.main").main()


def create() -> Any:
    """Load and create the application of one web worker. Raises SettingsError, PolicyRefused."""
    return load("gateway.app").create()


if __name__ == "__main__":
    main()
