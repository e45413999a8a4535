"""Finds a word anywhere in the database, whatever tables and columns there are."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

COLUMNS = text("""
select format('%I.%I', c.table_schema, c.table_name) as table_name, quote_ident(c.column_name) as column_name,
       c.data_type
from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema in ('public', 'jobs') and t.table_type = 'BASE TABLE'
  and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY', 'USER-DEFINED')
""")


async def columns_with(engine: AsyncEngine, *words: str) -> list[str]:
    """The columns that hold one of these words, in any case."""
    async with engine.connect() as connection:
        parts = [
            f"select '{table}.{column}' where exists (select from {table} where {_shown(column, kind)} ~* :words)"
            for table, column, kind in await connection.execute(COLUMNS)
        ]
        assert len(parts) > 100
        found = await connection.execute(text(" union all ".join(parts)), {"words": "|".join(words)})
        return sorted(found.scalars())


def _shown(column: str, kind: str) -> str:
    return f"encode({column}, 'escape')" if kind == "bytea" else f"{column}::text"
