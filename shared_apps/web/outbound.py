"""Requests to addresses that somebody typed in: never to our own network, never for long.

The host is resolved once, every address is judged, and the connection goes to the address that was
judged: a name that answers differently the second time gains nothing. No redirects, no proxies.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 5
DEADLINE_S = 10
MAX_BYTES = 1_000_000
CHUNK = 16_384
_NAT64 = 0x64FF9B << 96


class AddressRefused(OSError):
    """The host is not one of the public internet, nor one that OUTBOUND_INTERNAL_HOSTS names."""


class AnswerTooLong(requests.RequestException):
    """The answer is larger, or took longer, than anything that we ask for."""


def guarded_session() -> requests.Session:
    """Return a session whose requests reach public addresses over HTTPS only.

    Each request ends within seconds and follows no redirect. Hosts of OUTBOUND_INTERNAL_HOSTS
    ("host" or "host:port") may be private, and may speak HTTP. Raises, from its requests:
    requests.RequestException.
    """
    return _GuardedSession()


def is_allowed_url(url: str) -> bool:
    """Return whether an address has a form that may be asked: HTTPS, a host, no credentials."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if not host or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_internal(host, port))


def is_internal(host: str, port: int | None) -> bool:
    """Return whether the operator of the product says that this host is one of their own."""
    named: list[str] = settings.OUTBOUND_INTERNAL_HOSTS
    return host.lower() in named or f"{host}:{port}".lower() in named


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet, also inside of another."""
    ip = ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (ip, *_embedded(ip)))


def _embedded(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address leads to."""
    if isinstance(ip, IPv4Address):
        return
    found = (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()))
    yield from (each for each in found if each is not None)
    if int(ip) >> 32 in {_NAT64 >> 32, 0}:
        yield IPv4Address(int(ip) & 0xFFFFFFFF)


def connect(host: str, port: int, timeout_s: float | None) -> socket.socket:
    """Return a connection to the first judged address of a host that answers.

    Raises: AddressRefused when any address of the host is no public one, OSError.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not is_internal(host, port) and not all(is_public(each) for each in addresses):
        raise AddressRefused(f"{host} is not an address of the public internet.")
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout_s)
    return socket.create_connection((addresses[-1], port), timeout_s)


class _Guarded:
    """Connects to an address that was judged; the certificate is still that of the name."""

    _dns_host: str
    port: int
    timeout: Any

    def _new_conn(self) -> socket.socket:
        return connect(self._dns_host, self.port, CONNECT_TIMEOUT_S)


class _GuardedHttp(_Guarded, HTTPConnection):
    pass


class _GuardedHttps(_Guarded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHttps


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make connections of ours."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


class _GuardedSession(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", _GuardedAdapter())
        self.mount("http://", _GuardedAdapter())

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> Any:
        """Ask, within the limits. Raises: requests.RequestException."""
        text = url.decode() if isinstance(url, bytes) else url
        if not is_allowed_url(text):
            raise requests.exceptions.InvalidURL("Only HTTPS addresses are asked.")
        limits = {"timeout": (CONNECT_TIMEOUT_S, READ_TIMEOUT_S), "stream": True}
        kwargs |= {**limits, "allow_redirects": False}
        until = time.monotonic() + DEADLINE_S
        answer = super().request(method, text, *args, **kwargs)
        answer._content = _read(answer, until)  # noqa: SLF001  where requests keeps what was read
        return answer


def _read(answer: requests.Response, until: float) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(CHUNK):
        body += chunk
        if len(body) > MAX_BYTES or time.monotonic() > until:
            answer.close()
            raise AnswerTooLong("The answer is too long.")
    return bytes(body)
