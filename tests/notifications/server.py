"""The web process as the tests of the sockets start it: the product's, with a quick heartbeat.

CHANNELS_URL puts the channel layer elsewhere: on a port where nobody listens, for example.
"""

import os

from django.conf import settings

from config.asgi import application

settings.SOCKET_HEARTBEAT_S = float(os.environ["TEST_HEARTBEAT_S"])
if os.environ.get("CHANNELS_URL"):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [os.environ["CHANNELS_URL"]]},
        }
    }

__all__ = ["application"]
