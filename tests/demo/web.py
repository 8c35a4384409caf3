"""The API as the demo's people use it: real HTTP to 127.0.0.1 with the organization's host."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.demo.report import DemoFailed

TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Site:
    """Where an organization answers."""

    slug: str
    port: int

    @property
    def host(self) -> str:
        """Return the Host header that names the organization."""
        return f"{self.slug}.localhost:{self.port}"


class Person:
    """Somebody who uses the API of one organization; signed in after `sign_in`."""

    def __init__(self, site: Site, *, email: str, password: str) -> None:
        self.site, self.email, self.password = site, email, password
        self.id = ""
        self.access = ""
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{site.port}",
            headers={"Host": site.host, "Accept": "application/json"},
            timeout=TIMEOUT_S,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def sign_in(self) -> dict[str, Any]:
        """Sign in and keep the token; return the answer's data."""
        answer = self.send(
            "POST", "/api/auth/login/", {"email": self.email, "password": self.password}
        )
        data: dict[str, Any] = self.data(answer, 200)
        self.access, self.id = data["access"], data["user"]["id"]
        self._http.headers["Authorization"] = f"Bearer {self.access}"
        return data

    def at(self, site: Site) -> "Person":
        """Return the same person, with the same token, at another organization's host."""
        abroad = Person(site, email=self.email, password=self.password)
        abroad.id, abroad.access = self.id, self.access
        abroad._http.headers["Authorization"] = f"Bearer {self.access}"
        return abroad

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Send a request; every POST has an Idempotency-Key, a new one unless it is given."""
        headers = {"Idempotency-Key": key or str(uuid4())} if method == "POST" else {}
        return self._http.request(method, path, json=body, headers=headers, files=files)

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the data of a GET."""
        return self.data(self._http.get(path, params=parameters), 200)

    def post(self, path: str, body: Any = None, *, status: int | None = None) -> Any:
        """Return the data of a POST."""
        return self.data(self.send("POST", path, body), status)

    def rows(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return every row of a list, page by page."""
        page = self.get(path, page_size=100, **parameters)
        rows: list[dict[str, Any]] = list(page["results"])
        while page["pagination"]["next"]:
            url = httpx.URL(page["pagination"]["next"])
            page = self.data(self._http.get(url.raw_path.decode()), 200)
            rows += page["results"]
        return rows

    def list_inbox(self) -> list[dict[str, Any]]:
        """Return the whole inbox, oldest first."""
        rows: list[dict[str, Any]] = self.get("/api/notifications/", after=0, page_size=100)[
            "results"
        ]
        return rows

    def refused(self, answer: httpx.Response) -> tuple[int, str]:
        """Return status and code of a refusal."""
        body = answer.json()
        if body.get("success") is not False:
            raise DemoFailed(f"{answer.request.url.path} was not refused: {answer.text[:300]}")
        return answer.status_code, body["error"]["code"]

    def data(self, answer: httpx.Response, status: int | None = None) -> Any:
        """Return the data of a success. Raises: DemoFailed."""
        if not answer.is_success or status not in (None, answer.status_code):
            raise DemoFailed(
                f"{answer.request.method} {answer.request.url.path} answered "
                f"{answer.status_code}: {answer.text[:500]}"
            )
        return answer.json()["data"] if answer.content else None
