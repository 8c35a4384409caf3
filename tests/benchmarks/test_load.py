"""The client under load, against a real server on a real socket."""

import socketserver
import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from benchmarks.contenders import BenchmarkBroken
from benchmarks.load import Load, ask_once, at_random, get, send


class Echo(socketserver.StreamRequestHandler):
    """Answers each request with the path's word: /200/word or /500/word."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            _, status, word = line.split()[1].split(b"/")
            head = b"HTTP/1.1 %s Fine\r\nContent-Length: %d\r\n\r\n" % (status, len(word))
            self.wfile.write(head + word)


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that echoes."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(path: str) -> bytes:
    return get(path, host="acme.localhost", token="abc")


class TestSend:
    def test_measures_every_answer(self, port: int) -> None:
        asks = at_random([ask("/200/one"), ask("/200/other")])
        load = send(asks, port=port, count=50, connections=4)
        assert len(load.latencies_s) == 50
        assert 0 < load.p50_s <= load.seconds

    def test_refuses_an_answer_that_is_none(self, port: int) -> None:
        with pytest.raises(BenchmarkBroken, match=r"/500/oops.*answered b'500': b'oops'"):
            send(iter([ask("/500/oops")] * 3), port=port, count=3, connections=1)

    def test_reads_the_body(self, port: int) -> None:
        assert ask_once(ask("/200/word"), port=port) == b"word"


class TestGet:
    def test_names_host_and_credential(self) -> None:
        lines = ask("/api/").split(b"\r\n")
        assert lines[0] == b"GET /api/ HTTP/1.1"
        assert {b"Host: acme.localhost", b"Authorization: Bearer abc"} <= set(lines)
        assert lines[-2:] == [b"", b""]


class TestLoad:
    def test_is_the_burst_over_its_requests(self) -> None:
        load = Load(seconds=2.0, latencies_s=(0.1, 0.2, 0.9, 0.2))
        assert (load.seconds_per_request, load.p50_s) == (0.5, 0.2)


class TestAtRandom:
    def test_is_mixed_and_the_same_every_time(self) -> None:
        asks = [b"a", b"b", b"c"]
        first, second = (list(islice(at_random(asks), 60)) for _ in range(2))
        assert first == second
        assert set(first) == set(asks)
        assert first != asks * 20
