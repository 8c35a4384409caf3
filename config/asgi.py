"""The web process: HTTP through Django, sockets through Channels, each by its host."""

import os
from threading import Thread

from config.embedded import ensure_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
# Under ASGI each request has its own thread: without a pool every one of them would open a session.
os.environ.setdefault("DATABASE_POOL", "true")
ensure_environment()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  after the environment
from django.conf import settings  # noqa: E402  same
from django.core.asgi import get_asgi_application  # noqa: E402  same

from config.limits import BodyLimit  # noqa: E402  same

# A form around the largest file needs some room of its own.
http = BodyLimit(get_asgi_application(), max_bytes=settings.MAX_UPLOAD_BYTES + 1_048_576)

from shared_apps.tenancy.backend.pooling import look_for_pooler  # noqa: E402  same
from shared_apps.tenancy.channels import TenantWebSocketMiddleware  # noqa: E402  after the apps
from shared_apps.tenancy.rights.checks import warn_of_one_role  # noqa: E402  same
from tenant_apps.notifications.routing import websocket_urlpatterns  # noqa: E402  same

application = ProtocolTypeRouter(
    {"http": http, "websocket": TenantWebSocketMiddleware(URLRouter(websocket_urlpatterns))}
)

look_for_pooler()
# a thread, because the server imports this inside its event loop
Thread(target=warn_of_one_role, daemon=True).start()
