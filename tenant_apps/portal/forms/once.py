"""A form that makes something makes it once, however often it is sent."""

from collections.abc import Callable

from django.http import HttpRequest

from shared_apps.audit.idempotency import (
    Answer,
    IdempotencyMismatch,
    RequestKey,
    check_key,
    hash_request,
    run_once,
)
from shared_apps.kernel.events import Actor
from shared_apps.web.pages.form import Form

SEE_OTHER = 303


def once(request: HttpRequest, form: Form, *, actor: Actor, work: Callable[[], str]) -> str:
    """Return the address that `work` leads to, or led to when the same form was sent before.

    What `work` raises undoes it, and the key is good for another try.
    Raises: IdempotencyMismatch, RequestStillRunning, ValidationFailed for a key that is none.
    """
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    files = {f"file {name}": list(each) for name, each in request.FILES.lists()}
    key = RequestKey(
        actor=f"{actor.kind}:{actor.id}",
        key=f"portal {check_key(form.key)}"[:255],
        request_hash=hash_request(method="POST", path=request.path, data=sent | files),
    )
    answer = run_once(request=key, work=lambda: Answer(status=SEE_OTHER, body={"to": work()}))
    if answer.status != SEE_OTHER:
        raise IdempotencyMismatch
    return str(answer.body["to"])
