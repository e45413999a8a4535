"""Run the `usher` command line, also as `python -m gateway`, and load the application of a web worker."""

import gc
from importlib import import_module
from typing import Any


def main() -> None:
    """Load the command line, and run it."""
    load("gateway.cli.main").main()


def create() -> Any:
    """Load and create the application of one web worker. Raises SettingsError, PolicyRefused."""
    return load("gateway.app").create()


def load(name: str) -> Any:
    """Return a module. What modules make lives as long as the process, so the collector does not look at it.

    It would look again and again: for a sixth of the time that a command needs to start, and for a third of the time
    that the checks of the policy and of the documents need.
    """
    gc.disable()
    module = import_module(name)
    gc.freeze()
    gc.enable()
    return module


if __name__ == "__main__":
    main()
