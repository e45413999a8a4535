"""What all tables are: importing this module imports every file of tables, so that none is missing."""

import importlib
import pkgutil

from db import tables
from db.tables.base import Base

for file in pkgutil.iter_modules(tables.__path__):
    if file.name != "metadata":
        importlib.import_module(f"{tables.__name__}.{file.name}")

METADATA = Base.metadata
