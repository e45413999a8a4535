"""Run the `usher` command line, also as `python -m gateway`."""

import gc
from importlib import import_module


def main() -> None:
    """Load the command line, and run it."""
    # What modules make lives as long as the process. The collector would look at it again and again, for a sixth of the
    # time that a command needs to start.
    gc.disable()
    command_line = import_module("gateway.cli.main")
    gc.enable()
    command_line.main()


if __name__ == "__main__":
    main()
