"""Every key in Redis names its organization, or stands on a short list that says why not.

`watched(url)` collects what all clients of a server do meanwhile, through MONITOR: keys that live
for a moment only and the channels of messages, which SCAN would not find.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import redis

SCHEMA = r"t_[a-z2-7]{12}"

TENANT_KEYS = (
    re.compile(rf"t:{SCHEMA}:.+"),
    re.compile(rf"\w+__group__{SCHEMA}\..+"),
)

# What belongs to no organization: the pattern, and why that is right.
GLOBAL_KEYS = {
    r"g::1:sign-in:[0-9a-f]+(:ends)?": "failed sign-ins count over all organizations",
    r"g::1:health": "the health check asks whether the server answers; nothing is stored",
    r"g:audit:dirty": "the ids of organizations that the sweep of deliveries is to visit",
    r"\w+specific\.[0-9a-f]+": "the address of one socket or process",
    r"(celery|isolation-\w+)(\\x06\\x16\d)?": "the broker's queues; messages say whose they are",
    r"_kombu\.binding(_permanent)?\..+": "the broker's queues and exchanges",
    r"_kombu\.binding_deadlines": "when the queues of the workers' own talk may go",
    r"unacked(_index|_mutex)?": "the broker's messages that a worker holds",
    r"(/\d+\.)?(celeryev|(celery@[\w.-]+\.|reply\.)?celery\.pidbox).*": "the workers' own talk",
}
_GLOBAL = re.compile("|".join(f"(?:{pattern})" for pattern in GLOBAL_KEYS))

# Which words of a command are keys or channels; of all others it is the first one.
_ALL = {
    "DEL", "EXISTS", "MGET", "PFCOUNT", "PFMERGE", "SDIFF", "SDIFFSTORE", "SINTER", "SINTERSTORE",
    "SUBSCRIBE", "SUNION", "SUNIONSTORE", "TOUCH", "UNLINK", "UNSUBSCRIBE", "WATCH",
}  # fmt: skip
_ALL_BUT_LAST = {"BLPOP", "BRPOP", "BZPOPMAX", "BZPOPMIN"}
_FIRST_TWO = {
    "BLMOVE", "BRPOPLPUSH", "COPY", "LMOVE", "RENAME", "RENAMENX", "RPOPLPUSH", "SMOVE",
    "ZRANGESTORE",
}  # fmt: skip
_TO_AND_COUNTED = {"ZDIFFSTORE", "ZINTERSTORE", "ZUNIONSTORE"}
_COUNTED = {"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO"}
_EVERY_SECOND = {"MSET", "MSETNX"}
_NONE = {
    "AUTH", "CLIENT", "COMMAND", "CONFIG", "DBSIZE", "DISCARD", "ECHO", "EXEC", "FLUSHALL",
    "FLUSHDB", "HELLO", "INFO", "MONITOR", "MULTI", "PING", "QUIT", "ROLE", "SCAN", "SCRIPT",
    "SELECT", "SHUTDOWN", "UNWATCH",
}  # fmt: skip

_PICKS: tuple[tuple[set[str], Callable[[list[str]], list[str]]], ...] = (
    (_NONE, lambda _: []),
    (_ALL, lambda words: words),
    (_ALL_BUT_LAST, lambda words: words[:-1]),
    (_FIRST_TWO, lambda words: words[:2]),
    (_EVERY_SECOND, lambda words: words[::2]),
    # script, number of keys, keys, arguments
    (_COUNTED, lambda words: words[2 : 2 + int(words[1])]),
    # destination, number of keys, keys, options
    (_TO_AND_COUNTED, lambda words: [words[0], *words[2 : 2 + int(words[1])]]),
)

# A line of MONITOR: 1339518083.107412 [0 127.0.0.1:60866] "keys" "*"
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass
class Watched:
    """The keys and channels that were touched, each with a command that did, and how often."""

    commands: int = 0
    is_whole: bool = False
    keys: dict[str, str] = field(default_factory=dict)

    def note(self, words: Sequence[str]) -> None:
        """Note what one command touches."""
        self.commands += 1
        for key in keys_of(words):
            self.keys.setdefault(key, words[0])

    @property
    def strangers(self) -> list[str]:
        """Return the keys that neither name an organization nor are known as global."""
        return sorted(f"{name} {key}" for key, name in self.keys.items() if not is_known(key))

    @property
    def of_tenants(self) -> int:
        """Return how many keys name their organization."""
        return sum(is_of_tenant(key) for key in self.keys)


def keys_of(words: Sequence[str]) -> list[str]:
    """Return the keys and channels of a command."""
    name, arguments = words[0].upper(), list(words[1:])
    return next((pick(arguments) for names, pick in _PICKS if name in names), arguments[:1])


def is_of_tenant(key: str) -> bool:
    """Return whether a key names its organization."""
    return any(pattern.fullmatch(key) for pattern in TENANT_KEYS)


def is_known(key: str) -> bool:
    """Return whether a key names its organization, or is one of the global ones."""
    return is_of_tenant(key) or _GLOBAL.fullmatch(key) is not None


@contextmanager
def watched(url: str) -> Iterator[Watched]:
    """Collect what is done in a database of a server, and what is new in it at the end."""
    seen, last, ready = Watched(), uuid4().hex, threading.Event()
    thread = threading.Thread(target=_follow, args=(url, seen, last, ready), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("MONITOR did not start.")
    with redis.Redis.from_url(url) as client:
        before = set(client.scan_iter(count=1000))
        try:
            yield seen
        finally:
            client.echo(last)
            thread.join(30)
            if not seen.is_whole:
                raise RuntimeError("MONITOR broke off: what it has not seen is not known.")
            for key in set(client.scan_iter(count=1000)) - before:
                seen.keys.setdefault(_shown(key), "SCAN")


def _follow(url: str, seen: Watched, last: str, ready: threading.Event) -> None:
    # a quiet server is no failure: no time limit
    with redis.Redis.from_url(url, socket_timeout=None) as client, client.monitor() as monitor:
        ready.set()
        own = str(client.connection_pool.connection_kwargs.get("db", 0))
        while True:
            line = _text(monitor.connection.read_response())
            words = [word.group(1) for word in _WORD.finditer(line)]
            if words == ["ECHO", last]:
                seen.is_whole = True
                return
            if f"[{own} " in line:
                seen.note(words)


def _text(line: bytes) -> str:
    return line.decode("ascii", "backslashreplace")


def _shown(key: bytes) -> str:
    """Return a key as MONITOR writes it."""
    quotes = b'"\\'
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in quotes else f"\\x{byte:02x}" for byte in key
    )
