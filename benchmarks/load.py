"""The load: a small HTTP/1.1 client with connections that stay open.

It shares two cores with what it measures, so it does as little as an HTTP client can: it writes
prepared bytes and reads an answer to its end.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

from benchmarks.contenders import BenchmarkBroken

Ask = bytes

SEED = 1


@dataclass(frozen=True)
class Load:
    """How a burst of requests went."""

    seconds: float
    latencies_s: tuple[float, ...]

    @property
    def seconds_per_request(self) -> float:
        """Return the burst's time divided by its requests: the reciprocal of the rate."""
        return self.seconds / len(self.latencies_s)

    @property
    def p50_s(self) -> float:
        """Return the middle latency."""
        return median(self.latencies_s)


def get(path: str, *, host: str, token: str) -> Ask:
    """Return the bytes of a GET that somebody who is signed in sends to a host."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Accept: application/json",
        f"Authorization: Bearer {token}",
    ]
    return ("\r\n".join([*lines, "", ""])).encode()


def at_random(asks: Sequence[Ask]) -> Iterator[Ask]:
    """Yield the requests without end, in an order that is mixed but the same in every run.

    Strictly in turn, the connections of a pool could fall into step with the organizations, and
    each would serve its own alone.
    """
    dice = Random(SEED)  # noqa: S311 (an order, not a secret)
    while True:
        yield dice.choice(asks)


def send(asks: Iterator[Ask], *, port: int, count: int, connections: int) -> Load:
    """Send so many of the requests over so many connections; every answer must be 200.

    Raises: BenchmarkBroken.
    """
    return asyncio.run(_send(asks, port, count, connections))


def ask_once(ask: Ask, *, port: int) -> bytes:
    """Send one request and return the body of its answer. Raises: BenchmarkBroken."""

    async def once() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await _exchange(reader, writer, ask)
        finally:
            writer.close()

    return asyncio.run(once())


async def _send(asks: Iterator[Ask], port: int, count: int, connections: int) -> Load:
    latencies: list[float] = []
    numbers = iter(range(count))

    async def talk() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for _ in numbers:
                began = perf_counter()
                await _exchange(reader, writer, next(asks))
                latencies.append(perf_counter() - began)
        finally:
            writer.close()

    started = perf_counter()
    await asyncio.gather(*(talk() for _ in range(connections)))
    return Load(perf_counter() - started, tuple(latencies))


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask) -> bytes:
    writer.write(ask)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(_length_of(head))
    status = head[9:12]
    if status != b"200":
        raise BenchmarkBroken(f"{ask.splitlines()[0]!r} answered {status!r}: {body[:300]!r}")
    return body


def _length_of(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise BenchmarkBroken(f"An answer without a length: {head[:300]!r}")
