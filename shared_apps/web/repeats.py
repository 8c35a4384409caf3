"""A view's answer, given once per Idempotency-Key."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from shared_apps.audit.idempotency import Answer, RequestKey, check_key, hash_request, run_once

if TYPE_CHECKING:
    from shared_apps.web.views import ApiViewSet

KEPT_HEADERS = ("ETag", "Location", "Retry-After", "WWW-Authenticate")


def answer_once(
    view: "ApiViewSet",
    handler: Callable[..., Response],
    request: Request,
    *args: Any,
    **kwargs: Any,
) -> Response:
    """Run the handler once for the request's key, or repeat the answer that it gave before.

    Raises: IdempotencyKeyRequired, IdempotencyMismatch, RequestStillRunning.
    """
    key = check_key(request.headers.get("Idempotency-Key"))
    once = RequestKey(
        actor=f"{view.viewer.actor.kind}:{view.viewer.actor.id}",
        key=key,
        request_hash=hash_request(
            method=str(request.method), path=request.get_full_path(), data=request.data
        ),
    )
    answer = run_once(request=once, work=lambda: _work(view, handler, request, *args, **kwargs))
    return _as_response(answer)


def _work(
    view: "ApiViewSet",
    handler: Callable[..., Response],
    request: Request,
    *args: Any,
    **kwargs: Any,
) -> Answer:
    """Run the handler in a savepoint; an error undoes its writes and becomes the answer."""
    try:
        with transaction.atomic():
            response = handler(request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001  the handler of the API's errors knows them all
        response = view.handle_exception(error)
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    body = json.loads(json.dumps(response.data, cls=JSONEncoder))
    return Answer(status=response.status_code, body=body, headers=headers)


def _as_response(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status, headers=dict(answer.headers))
    if answer.is_replay:
        response["Idempotent-Replayed"] = "true"
    return response
