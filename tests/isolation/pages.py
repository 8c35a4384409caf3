"""Every page x method x {one's own, another organization's, another team's, nobody's} x role."""

import re
from collections.abc import Iterator

from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from tenant_apps.portal.urls import urlpatterns
from tests.access.test_route_permissions import Route
from tests.isolation.asking import NOBODY, NOT_FOUND, VIEWERS, Answer, Asking
from tests.isolation.routes import parameters_of
from tests.portal.conftest import signed_in

# The parameter at the end of each path -> the kind of object that it names.
PARAMETERS = {
    "/audit/<str:event>": "event",
    "/account/sessions/<str:sign_in>": "session",
    "/clients/<str:reference>": "client",
    "/clients/<str:reference>/contacts/<str:entry>": "entry",
    "/commissions/lines/<str:line>": "line",
    "/credit-notes/<str:reference>": "credit note",
    "/deals/<str:reference>": "deal",
    "/discounts/<str:pk>": "discount request",
    "/hand-overs/<str:reference>": "hand-over",
    "/invoices/<str:reference>": "invoice",
    "/invoices/<str:reference>/links/<str:link>": "link",
    "/payments/<str:reference>": "payment",
    "/payments/<str:reference>/proofs/<str:file>": "proof",
    "/keys/<str:key>": "API key",
    "/keys/programs/<str:program>": "service account",
    "/people/<str:person>": "person",
    "/people/resets/<str:reset>": "reset",
    "/queue/<str:reference>": "payment",
    "/returns/<str:reference>": "refund",
    "/settings/policies/<str:policy>": "policy",
    "/settings/products/<str:row>": "product",
    "/settings/sso/<str:connection>": "sso connection",
    "/settings/stages/<str:row>": "stage",
    "/settings/taxes/<str:rate>": "tax rate",
    "/teams/<str:team>": "team",
    "/teams/<str:team>/members/<str:person>": "person",
}
# Parameters that name nothing which could be somebody else's, and a value of each.
NOBODYS = {
    "/account/passkeys/<int:passkey>": "1",
    "/controls/export/<str:suffix>": "csv",
    "/deals/<str:reference>/move/<str:move>": "win",
    "/notifications/<int:seq>": "1",
    "/payments/<str:reference>/move/<str:move>": "submit",
    "/keys/programs/<str:program>/move/<str:move>": "suspend",
    "/people/<str:person>/move/<str:move>": "sign-out",
    "/payments/<str:reference>/proofs/<str:file>/pages/<int:number>": "1",
    "/payments/<str:reference>/return/<str:kind>": "refund",
    "/queue/<str:reference>/<str:verdict>": "approve",
    "/roles/<slug:code>": "verifier",
    "/settings/<str:part>": "time",
    "/settings/sso/<str:connection>/move/<str:move>": "disable",
    "/sign-in/provider/<slug:code>": "okta",
}
# One's own is answered like nobody's where its state forbids the page: nothing to see but that.
CLOSED_BY_STATE = frozenset(
    {
        "GET /payments/<str:reference>/proofs/<str:file>/pages/<int:number>/",
        "POST /discounts/<str:pk>/",
        "POST /invoices/<str:reference>/issue/",
    }
)
# the token of a form and the number of a request
_PASSING = re.compile(rb'csrfmiddlewaretoken" value="\w+"|"[\w-]{36}"|\b[0-9a-f-]{32,36}\b')


def pages_with_parameters() -> Iterator[Route]:
    """Yield every method of every page whose path names something."""
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and "<" in str(pattern.pattern).replace("<path:", ""):
            view = pattern.callback.view_class  # type: ignore[attr-defined]  # as_view sets it
            for method in ("get", "post"):
                if hasattr(view, method):
                    yield Route(f"/{pattern.pattern}", method.upper(), method, view)


def ask_for_every_page(asking: Asking) -> None:
    """Ask pages for what others have; each answer must be the one for an object of nobody."""
    home, people = asking.objects.home, asking.objects.people
    browsers = {name: signed_in(people[name], home) for name in VIEWERS}
    for page in pages_with_parameters():
        for where in parameters_of(page.path):
            if where in PARAMETERS:
                _check(asking, browsers, page, where)


def _check(asking: Asking, browsers: dict[str, Client], page: Route, where: str) -> None:
    kind, found = PARAMETERS[where], False
    for viewer, scope in asking.scopes(page):
        nobodys = _ask(asking, browsers[viewer], page, where, NOBODY)
        own = _ask(asking, browsers[viewer], page, where, asking.objects.own[kind][0])
        found = found or own != nobodys
        if nobodys.status != NOT_FOUND:
            asking.note(page, viewer, f"{where}: nobody's is answered {nobodys}")
        for whose, name, nobody in asking.others(kind, scope, viewer):
            answer = _ask(asking, browsers[viewer], page, where, name)
            expected = _ask(asking, browsers[viewer], page, where, nobody)
            if answer != expected:
                told = f"{where}: {whose} {kind}: {_difference(answer, expected)}"
                asking.note(page, viewer, told)
    if not found and str(page) not in CLOSED_BY_STATE:
        asking.note(page, "all", f"{where}: one's own {kind} is like nobody's")


def _difference(answer: Answer, expected: Answer) -> str:
    if answer.status != expected.status:
        return f"is answered {answer.status}, nobody's {expected.status}"
    lines = zip(answer.body.splitlines(), expected.body.splitlines(), strict=False)
    first = next((pair for pair in lines if pair[0] != pair[1]), (b"", b""))
    return f"reads {first[0][:200]!r}, nobody's {first[1][:200]!r}"


def _ask(asking: Asking, browser: Client, page: Route, where: str, name: str) -> Answer:
    asking.asked += 1
    path, place = "", ""
    for part in page.path.split("/")[1:]:
        place = f"{place}/{part}"
        own = NOBODYS.get(place) or asking.objects.own[PARAMETERS.get(place, "client")][0]
        value = name if place == where else own
        path += f"/{value if part.startswith('<') else part}"
    with transaction.atomic():
        response = browser.generic(page.method, path)
        content = response.getvalue()
        transaction.set_rollback(True)
    body = _PASSING.sub(b"", content.replace(name.encode(), b"<name>"))
    return Answer(response.status_code, body)
