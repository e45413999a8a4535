"""The metadata of all tables. This module imports every file of tables, so that no table is missing."""

import importlib
import pkgutil

from db import tables
from db.tables.base import Base

for file in pkgutil.iter_modules(tables.__path__):
    if file.name != "metadata":
        importlib.import_module(f"{tables.__name__}.{file.name}")

METADATA = Base.metadata
