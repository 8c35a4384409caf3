"""Identifiers that sort by the time of their making."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def uuid7() -> UUID:
    """Return a UUID version 7: 48 bits of milliseconds, a 12-bit counter, 62 random bits.

    Identifiers made by one process sort strictly by order of making, so keys are inserted at the
    end of their index. Source: RFC 9562, sections 5.7 and 6.2 (method 1).
    """
    milliseconds, counter = _next_tick()
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (milliseconds << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | tail
    return UUID(int=value)


def _next_tick() -> tuple[int, int]:
    global _last_ms, _counter  # noqa: PLW0603  the counter is the state of the process
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms:
            _last_ms, _counter = now_ms, int.from_bytes(os.urandom(2), "big") & 0x3FF
        elif _counter < 0xFFF:
            _counter += 1
        else:  # the counter is used up within the millisecond: borrow the next one
            _last_ms, _counter = _last_ms + 1, 0
        return _last_ms, _counter
