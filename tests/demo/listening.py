"""An open socket that keeps what it hears, on a thread of its own."""

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.demo.report import DemoFailed
from tests.demo.web import Person

Frame = dict[str, Any]
PATIENCE_S = 20.0


class Ear:
    """One person's socket: says hello, resumes after a number, then keeps every frame."""

    def __init__(self, person: Person, *, after: int | None = 0) -> None:
        self.person = person
        self.frames: list[Frame] = []
        self.close_code: int | None = None
        self._news = threading.Condition()
        self._connection = self._open(after)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
        self._thread.join(timeout=5)

    def notifications(self) -> list[Frame]:
        """Return the notifications heard so far."""
        with self._news:
            return [frame for frame in self.frames if frame["type"] == "notification"]

    def kinds(self) -> list[str]:
        """Return the kinds of the notifications heard so far."""
        return [frame["kind"] for frame in self.notifications()]

    def topics(self) -> set[str]:
        """Return everything that `changed` frames have named so far."""
        with self._news:
            frames = [frame for frame in self.frames if frame["type"] == "changed"]
        return {topic for frame in frames for topic in frame["topics"]}

    def wait(self, holds: Callable[[], bool], *, what: str, seconds: float = PATIENCE_S) -> None:
        """Wait until something holds of what was heard. Raises: DemoFailed."""
        until = time.monotonic() + seconds
        while not holds():
            with self._news:
                left = until - time.monotonic()
                if left <= 0:
                    raise DemoFailed(
                        f"{self.person.email} did not hear {what} within {seconds:.0f} s; "
                        f"heard: {self.frames}"
                    )
                self._news.wait(timeout=min(left, 0.2))

    def _open(self, after: int | None) -> ClientConnection:
        ticket = self.person.post("/api/auth/ws-ticket/")["ticket"]
        site = self.person.site
        line = socket.create_connection(("127.0.0.1", site.port), timeout=10)
        url = f"ws://{site.host}/ws/notifications/?ticket={ticket}"
        connection = connect(url, sock=line, proxy=None)
        hello = json.loads(connection.recv(timeout=10))
        if hello["type"] != "hello":
            raise DemoFailed(f"The first frame is no hello: {hello}")
        self.head = int(hello["head"])
        if after is not None:
            connection.send(json.dumps({"type": "resume", "after": after}))
        return connection

    def _listen(self) -> None:
        try:
            for text in self._connection:
                self._keep(json.loads(text))
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else None
        with self._news:
            if self.close_code is None and self._connection.close_code:
                self.close_code = self._connection.close_code
            self._news.notify_all()

    def _keep(self, frame: Frame) -> None:
        if frame["type"] == "heartbeat":
            self._connection.send('{"type":"pong"}')
        with self._news:
            self.frames.append(frame)
            self._news.notify_all()
