"""The organization that stock django-tenants has found, as the product's business code asks for it.

The engine under test stays django-tenants': its backend never reads this context.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from shared_apps.tenancy.context import Tenant, use_tenant

if TYPE_CHECKING:
    from shared_apps.organizations.models import Organization

Handler = Callable[[HttpRequest], Any]
Answer = HttpResponseBase


@sync_and_async_middleware
def ContextMiddleware(get_response: Handler) -> Handler:  # noqa: N802  a middleware's name
    """Enter the context of `request.tenant`."""

    async def answer_async(request: HttpRequest) -> Awaitable[Answer]:
        with use_tenant(_tenant_of(request)):
            answer: Awaitable[Answer] = await get_response(request)
        return answer

    def answer(request: HttpRequest) -> Answer:
        with use_tenant(_tenant_of(request)):
            found: Answer = get_response(request)
        return found

    return answer_async if iscoroutinefunction(get_response) else answer


def _tenant_of(request: HttpRequest) -> Tenant:
    row: Organization = request.tenant  # type: ignore[attr-defined]  # django-tenants' attribute
    return Tenant(
        id=row.pk,
        schema=row.schema_name,
        slug=row.slug,
        name=row.name,
        host=request.get_host(),
        status=row.status,
        timezone=row.timezone,
        currency=row.currency,
        key_version=row.key_version,
        settings=row.settings,
    )
