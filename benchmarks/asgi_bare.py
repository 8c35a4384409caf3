"""The floor of a request: the same SQL in a bare ASGI application, without Django.

It runs the statements of one request of ours, read from the server's log, on a pool of the same
size, and answers their rows as JSON. No token is checked, nothing is validated or serialized: what
is left is the database, the driver and uvicorn. BENCH_STATEMENTS names a JSON file with
"statements" and "schemas" (host -> schema).
"""

import json
import os
from pathlib import Path
from typing import Any

import orjson
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

_WANTED: dict[str, Any] = json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text("utf-8"))
_STATEMENTS: list[str] = _WANTED["statements"]
_SCHEMAS: dict[str, str] = _WANTED["schemas"]
_SIZE = int(os.environ["DATABASE_POOL_SIZE"])

_pool: AsyncConnectionPool[AsyncConnection[Any]] | None = None


async def application(scope: Any, _receive: Any, send: Any) -> None:
    """Run the statements for the host's schema and answer what they return."""
    headers = dict(scope["headers"])
    schema = _SCHEMAS[headers[b"host"].decode()]
    pool = await _open_pool()
    async with pool.connection() as connection:
        rows = await _run(connection, schema)
    body = orjson.dumps(rows, default=str)
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def _run(connection: AsyncConnection[Any], schema: str) -> list[Any]:
    path = f"{schema}, public, extensions"
    if connection.info.parameter_status("search_path") != path:
        await connection.execute(f"SET search_path = {path}")
    return [await _rows(connection, statement) for statement in _STATEMENTS]


async def _rows(connection: AsyncConnection[Any], statement: str) -> list[Any]:
    cursor = await connection.execute(statement)
    return await cursor.fetchall()


async def _open_pool() -> AsyncConnectionPool[AsyncConnection[Any]]:
    global _pool  # noqa: PLW0603  opened with the first request: it needs the running loop
    if _pool is None:
        # as Django has it: autocommit, and nothing prepared
        options = {"autocommit": True, "prepare_threshold": None}
        _pool = AsyncConnectionPool(
            os.environ["DATABASE_URL"], min_size=1, max_size=_SIZE, kwargs=options, open=False
        )
        await _pool.open()
    return _pool
