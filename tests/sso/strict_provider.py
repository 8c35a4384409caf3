"""A provider that checks everything of us, PKCE too, and can be told to say what it must not.

The flow against a provider of other people is that of test_provider_process; this one is for what a
good provider never does.
"""

import hmac
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "prs", "a secret of forty characters or so, 12345"
_KEYS = {name: rsa.generate_private_key(65537, 2048) for name in ("shown", "hidden")}


@dataclass
class Lies:
    """What the provider does wrong at the next sign-in."""

    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    key: str = "shown"
    algorithm: str = "RS256"
    description: dict[str, Any] = field(default_factory=dict)
    delay_s: float = 0
    redirects: bool = False
    padding: int = 0


@dataclass
class Asked:
    """What a browser was sent to the provider with."""

    nonce: str
    challenge: str
    callback: str
    claims: dict[str, Any]


class StrictProvider:
    """A provider on a port of its own; `answer` plays the person who signs in there."""

    def __init__(self) -> None:
        self.lies = Lies()
        self.requests: list[str] = []
        self._asked: dict[str, Asked] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.reply(self, "")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                provider.reply(self, self.rfile.read(length).decode())

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def issuer(self) -> str:
        return f"http://{self.host}"

    @contextmanager
    def running(self) -> Iterator["StrictProvider"]:
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def answer(self, url: str, **claims: Any) -> dict[str, str]:
        """Sign a person in who was sent here; return what their browser is sent back with."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/authorize?"), url
        assert sent["response_type"] == "code"
        assert sent["client_id"] == CLIENT_ID
        assert sent["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(sent["scope"].split())
        code = token_urlsafe(16)
        self._asked[code] = Asked(
            nonce=sent["nonce"],
            challenge=sent["code_challenge"],
            callback=sent["redirect_uri"],
            claims={"email_verified": True, **claims},
        )
        return {"code": code, "state": sent["state"]}

    def reply(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        self.requests.append(handler.path)
        time.sleep(self.lies.delay_s)
        if self.lies.redirects:
            handler.send_response(302)
            handler.send_header("Location", f"{self.issuer}{handler.path}?again")
            handler.end_headers()
            return
        status, data = self._said(handler, body)
        text = json.dumps(data).encode() + b" " * self.lies.padding
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(text)

    def _said(self, handler: BaseHTTPRequestHandler, body: str) -> tuple[int, dict[str, Any]]:
        if handler.path == "/.well-known/openid-configuration":
            return 200, self._description()
        if handler.path == "/keys":
            return 200, {"keys": [self._public_key()]}
        if handler.path == "/token":
            return self._token(handler, {k: v[0] for k, v in parse_qs(body).items()})
        return 404, {}

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.lies.description,
        }

    @staticmethod
    def _public_key() -> dict[str, Any]:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_KEYS["shown"].public_key()))
        return {**key, "kid": "one", "alg": "RS256", "use": "sig"}

    def _token(
        self, handler: BaseHTTPRequestHandler, sent: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        basic = handler.headers.get("Authorization", "").removeprefix("Basic ")
        if b64decode(basic).decode() != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return 401, {"error": "invalid_client"}
        asked = self._asked.pop(sent.get("code", ""), None)
        digest = sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = _base64(digest)
        if asked is None or asked.challenge != challenge:
            return 400, {"error": "invalid_grant"}
        if sent.get("redirect_uri") != asked.callback:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "unused",
            "token_type": "Bearer",
            "id_token": self._id_token(asked),
        }

    def _id_token(self, asked: Asked) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.nonce,
            **asked.claims,
            **self.lies.claims,
        }
        for name in self.lies.without:
            del claims[name]
        if self.lies.algorithm == "none":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "one"})
        if self.lies.algorithm == "HS256":
            # the oldest trick: the public key as the secret of another algorithm
            return _signed_by_hand(claims, json.dumps(self._public_key()).encode())
        key = _KEYS[self.lies.key]
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


def _signed_by_hand(claims: dict[str, Any], secret: bytes) -> str:
    """Return a token that no library would sign."""
    parts = ({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims)
    body = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{body}.{_base64(hmac.digest(secret, body.encode(), 'sha256'))}"


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
