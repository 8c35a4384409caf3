"""What API views stand on: permission, strict input, one call, strict output."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ViewSet

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import StaleVersion
from shared_apps.web.errors import MethodNotSupported, PreconditionRequired
from shared_apps.web.etags import etag_of, is_etag, read_if_match
from shared_apps.web.paging import page_of
from shared_apps.web.reading import read_body, read_query, refuse_unknown_parameters
from shared_apps.web.references import parse_id, parse_reference
from shared_apps.web.repeats import answer_once
from shared_apps.web.schema import contract_of
from shared_apps.web.serializers import InputSerializer, OutputSerializer, QuerySerializer

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

__all__ = ["ApiViewSet", "parse_id", "parse_reference"]

M = TypeVar("M", bound=Model)


class ApiViewSet(ViewSet):
    """The base of every API view: it translates, and leaves the work to one service or selector.

    permissions: what each action asks for; None = any signed-in person; a missing one is refused.
    idempotent_actions: POSTs that need an Idempotency-Key and run once, in one transaction.
    pagination: "page" (with a count) or "cursor", where the request does not say.
    """

    permissions: ClassVar[Mapping[str, str | None]] = {}
    idempotent_actions: ClassVar[frozenset[str]] = frozenset()
    pagination: ClassVar[str] = "page"

    metadata_class = None

    @cached_property
    def at(self) -> datetime:
        """The instant of the request, read once."""
        return utc_now()

    @property
    def viewer(self) -> "User":
        """The person who asks."""
        return cast("User", self.request.user)

    @property
    def permission(self) -> str:
        """The permission that the current action asks for."""
        permission = self.permissions[self.action]
        if permission is None:
            raise LookupError(f"{type(self).__name__}.{self.action} asks for no permission.")
        return permission

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authorise; refuse unknown parameters; then let a repeated request be answered once."""
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request, self._handler)
        if self.action in self.idempotent_actions:
            once = partial(answer_once, self, self._handler)
            setattr(self, str(request.method).lower(), once)

    def get_parsers(self) -> list[BaseParser]:
        """Read forms only where the handler's contract takes files; 415 elsewhere."""
        parsers = super().get_parsers()
        method = str(getattr(self.request, "method", "")).lower()
        contract = contract_of(getattr(self, self.action_map.get(method, ""), None))
        if contract is None or contract.takes_files:
            return parsers
        return [parser for parser in parsers if not isinstance(parser, MultiPartParser)]

    def check_permissions(self, request: Request) -> None:
        """Refuse a method that the address does not have, before asking for a permission."""
        if self.action in (None, "metadata"):
            raise MethodNotSupported(headers={"Allow": ", ".join(self.allowed_methods)})
        super().check_permissions(request)

    def read(
        self,
        serializer: type[InputSerializer],
        *,
        current: OutputSerializer | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Return the body's validated values; a PATCH gives only what was sent.

        With `current`, the object as it is shown now, unchanged read-only fields are accepted.
        Raises: ValidationError with a JSON pointer for each problem.
        """
        return read_body(self.request, serializer, current=current, **options)

    def query(self, serializer: type[QuerySerializer] = QuerySerializer) -> dict[str, Any]:
        """Return the validated query parameters that were sent, without those of paging."""
        return read_query(self.request, serializer)

    def page(
        self,
        rows: QuerySet[M] | Sequence[Any],
        serializer: type[BaseSerializer[Any]],
        **context: Any,
    ) -> Response:
        """Answer with the page of a list that the request asks for."""
        page = page_of(rows=rows, request=self.request, default=self.pagination)
        results = serializer(page.rows, many=True, context=self._context(context)).data
        return Response({"results": results, "pagination": page.as_json()})

    def one(
        self,
        shown: object,
        serializer: type[BaseSerializer[Any]],
        status: int = 200,
        **context: Any,
    ) -> Response:
        """Answer with one object, and its version as the ETag when it has one."""
        data = serializer(shown, context=self._context(context)).data
        version = getattr(shown, "version", None)
        headers = {"ETag": etag_of(version)} if isinstance(version, int) else {}
        return Response(data, status=status, headers=headers)

    def nothing(self) -> Response:
        """Answer 204: done, and there is nothing to show."""
        return Response(status=204)

    def expected_version(self) -> int:
        """Return the version that the change is based on, from If-Match.

        Raises: PreconditionRequired, StaleVersion when it is no version of ours.
        """
        header = self.request.headers.get("If-Match")
        if header is None or not is_etag(header):
            raise PreconditionRequired
        version = read_if_match(header)
        if version is None:
            raise StaleVersion
        return version

    def require_match(self, version: int) -> None:
        """Refuse a change that is based on another version. Raises: StaleVersion."""
        if self.expected_version() != version:
            raise StaleVersion

    @property
    def _handler(self) -> Callable[..., Response]:
        return cast("Callable[..., Response]", getattr(self, str(self.action)))

    def _context(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"request": self.request, "viewer": self.request.user, **given}
