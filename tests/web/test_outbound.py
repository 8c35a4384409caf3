"""Requests to typed-in addresses reach the public internet and nothing of ours."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests
from pytest_django import Settings

from shared_apps.web import outbound
from shared_apps.web.outbound import AddressRefused, connect, guarded_session, is_allowed_url

OURS = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  an address to refuse
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:db8::1",
]
OTHERS = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", OURS)
def test_an_address_of_ours_is_none_of_theirs(address: str) -> None:
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", OTHERS)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https:///nowhere",
        "https://user:word@example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "https://example.com:nine/",
        "",
    ],
)
def test_only_plain_https_is_asked(url: str) -> None:
    assert not is_allowed_url(url)
    with guarded_session() as session, pytest.raises(requests.RequestException):
        session.get(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "127.1", "[::1]"]
)
def test_every_spelling_of_our_own_machine_is_refused(host: str) -> None:
    with guarded_session() as session, pytest.raises(requests.RequestException):
        session.get(f"https://{host}/")


class TestNames:
    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What the name server says; each look-up is noted in the list's end."""
        found: list[str] = []
        looked: list[str] = []

        def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
            looked.append(host)
            assert len(looked) == 1, "a name is resolved once"
            return [(0, 0, 0, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return found

    def test_that_lead_to_us_are_refused(self, answers: list[str]) -> None:
        answers[:] = ["10.0.0.7"]
        with pytest.raises(AddressRefused):
            connect("provider.example", 443, 1)

    def test_that_lead_to_us_among_others_are_refused(self, answers: list[str]) -> None:
        answers[:] = ["93.184.215.14", "127.0.0.1"]
        with pytest.raises(AddressRefused):
            connect("provider.example", 443, 1)

    def test_are_resolved_once_and_the_judged_address_is_taken(
        self, answers: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers[:] = ["93.184.215.14"]
        asked: list[tuple[str, int]] = []
        monkeypatch.setattr(
            socket, "create_connection", lambda address, _timeout: asked.append(address)
        )
        connect("provider.example", 443, 1)
        assert asked == [("93.184.215.14", 443)]


class TestTime:
    @pytest.fixture
    def slow(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        """A server that sends one byte now and then, for ever."""
        monkeypatch.setattr(outbound, "DEADLINE_S", 1)
        monkeypatch.setattr(outbound, "CHUNK", 1)
        server = socket.create_server(("127.0.0.1", 0))
        done = threading.Event()

        def drip() -> None:
            with suppress(OSError):
                peer, _ = server.accept()
                with peer:
                    peer.recv(1000)
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                    while not done.wait(0.1):
                        peer.sendall(b" ")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        settings.OUTBOUND_INTERNAL_HOSTS = [host]
        yield f"http://{host}/"
        done.set()
        server.close()
        thread.join(5)

    def test_is_limited_for_those_who_send_drop_by_drop(self, slow: str) -> None:
        with guarded_session() as session, pytest.raises(outbound.AnswerTooLong):
            session.get(slow)
