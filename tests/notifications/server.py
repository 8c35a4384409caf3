"""The web process as the tests of the sockets start it: the product's, with a quick heartbeat."""

import os

from django.conf import settings

from config.asgi import application

settings.SOCKET_HEARTBEAT_S = float(os.environ["SOCKET_HEARTBEAT_S"])

__all__ = ["application"]
