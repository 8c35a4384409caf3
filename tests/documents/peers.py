"""Real servers on 127.0.0.1 that speak S3's and Cloudinary's protocols."""

import hashlib
import io
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import Request, urlopen

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser

BUCKET = "receipts"
S3_KEYS = {"access_key": "a key", "secret_key": "a secret", "region_name": "us-east-1"}
ACCOUNT = {"cloud_name": "prs-tests", "api_key": "4711", "api_secret": "not a secret"}


@contextmanager
def s3_server() -> Iterator[str]:
    """Run moto's server as a process of its own, with an empty bucket; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(port, process)
        urlopen(Request(f"{address}/{BUCKET}", method="PUT")).close()  # noqa: S310  same
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def s3_keys(address: str) -> list[str]:
    """Return the keys that the bucket holds, asked independently of the product's storage."""
    with urlopen(f"{address}/{BUCKET}?list-type=2") as answer:  # noqa: S310  an address of ours
        return re.findall(r"<Key>([^<]+)</Key>", answer.read().decode())


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "moto_server ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("moto_server does not answer")


@dataclass
class CloudinaryPeer:
    """What the peer keeps, and where it listens."""

    address: str = ""
    assets: dict[str, bytes] = field(default_factory=dict)


@contextmanager
def cloudinary_server() -> Iterator[CloudinaryPeer]:
    """Serve upload, download, details and destroy of private raw assets; check each signature."""
    peer = CloudinaryPeer()
    handler = type("Handler", (_CloudinaryHandler,), {"peer": peer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    peer.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


class _CloudinaryHandler(BaseHTTPRequestHandler):
    peer: CloudinaryPeer
    base = f"/v1_1/{ACCOUNT['cloud_name']}/"

    def do_POST(self) -> None:
        """Take an upload or a destroy."""
        fields, files = self._form()
        if not self._is_signed(fields):
            return self._answer(401, {"error": {"message": "Invalid Signature"}})
        public_id, assets = fields["public_id"], self.peer.assets
        if self.path == f"{self.base}raw/upload":
            assert fields["type"] == "private"
            assert fields["overwrite"] == "0"
            existed = public_id in assets
            assets.setdefault(public_id, files["file"].read())
            return self._answer(200, {"public_id": public_id, "existing": existed})
        assert self.path == f"{self.base}raw/destroy", self.path
        found = assets.pop(public_id, None)
        return self._answer(200, {"result": "ok" if found is not None else "not found"})

    def do_GET(self) -> None:
        """Hand an asset or its description out."""
        parts = urlsplit(self.path)
        if parts.path == f"{self.base}raw/download":
            fields = dict(parse_qsl(parts.query))
            if not self._is_signed(fields):
                return self._answer(401, {"error": {"message": "Invalid Signature"}})
            content = self.peer.assets.get(fields["public_id"])
            if content is None:
                return self._answer(404, {"error": {"message": "Resource not found"}})
            return self._send(200, content, "application/octet-stream")
        public_id = unquote(parts.path).removeprefix(f"{self.base}resources/raw/private/")
        content = self.peer.assets.get(public_id)
        if content is None:
            return self._answer(404, {"error": {"message": "Resource not found"}})
        return self._answer(200, {"public_id": public_id, "bytes": len(content)})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name it has there
        """Say nothing."""

    def _form(self) -> tuple[dict[str, str], Any]:
        length = int(self.headers["Content-Length"])
        body = io.BytesIO(self.rfile.read(length))
        meta = {"CONTENT_TYPE": self.headers["Content-Type"], "CONTENT_LENGTH": str(length)}
        fields, files = MultiPartParser(meta, body, [MemoryFileUploadHandler()]).parse()
        return {name: str(fields[name]) for name in fields}, files

    def _is_signed(self, fields: dict[str, str]) -> bool:
        """Check the signature as Cloudinary documents it: sorted parameters, then the secret."""
        left_out = {"signature", "api_key", "file", "cloud_name", "resource_type"}
        signed = "&".join(
            f"{name}={value.replace('&', '%26')}"
            for name, value in sorted(fields.items())
            if name not in left_out and value
        )
        text = signed + ACCOUNT["api_secret"]
        wanted = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324  what the service uses
        return fields["signature"] == wanted and fields["api_key"] == ACCOUNT["api_key"]

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
