"""The column types that all tables share."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Identity, Text, func
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import mapped_column

# Ids are ASCII. The "C" collation compares them byte by byte, in the same way on every server.
ID = Text(collation="C")
Id = Annotated[str, mapped_column(ID)]
OptionalId = Annotated[str | None, mapped_column(ID)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
# What `db.core.text_keys` makes. An empty version means that no key was made yet, or that the text was changed by hand.
Key = Annotated[str, mapped_column(ID, server_default="")]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
OptionalMoment = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]
Serial = Annotated[int, mapped_column(BigInteger, Identity(always=True))]
Hash = Annotated[bytes, mapped_column(BYTEA)]
Json = dict[str, Any]
