"""Is the process alive, and can it work?"""

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


def live(_request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when PostgreSQL answers, else 503; without Redis the product degrades."""
    checks = {"database": _database_answers(), "redis": _redis_answers()}
    status = 200 if checks["database"] else 503
    headers = {} if status == 200 else {"Retry-After": "5"}
    return JsonResponse(
        {"status": "ok" if status == 200 else "unavailable", "checks": checks},
        status=status,
        headers=headers,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        caches["default"].get("health")
    except (RedisError, OSError):
        return False
    return bool(settings.REDIS_URL)
