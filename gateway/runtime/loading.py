"""Load modules quickly."""

import gc
import sys
from importlib import import_module
from typing import Any


def load(name: str) -> Any:
    """Return a module. What modules make lives as long as the process, so the collector does not look at it.

    It would look again and again: for a sixth of the time that a command needs to start, and for a third of the time
    that the checks of the policy and of the documents need.
    """
    if name in sys.modules:
        return sys.modules[name]
    gc.disable()
    module = import_module(name)
    gc.freeze()
    gc.enable()
    return module
