"""`python -m tests.runner.web`: a web process of one release; prints its port when it listens.

The host names the schema. POST writes a plant, GET reads all with every field of the release.
"""

import json
import socket
import sys

import django
import uvicorn
from django.http import HttpRequest, JsonResponse
from django.urls import path


def plants(request: HttpRequest) -> JsonResponse:
    """Answer with all plants of the schema; after a POST there is one more."""
    from tests.runner.plants.models import Plant  # noqa: PLC0415  after django.setup()

    if request.method == "POST":
        Plant._default_manager.create(name=json.loads(request.body)["name"])
    return JsonResponse(list(Plant._default_manager.order_by("pk").values()), safe=False)


urlpatterns = [path("plants", plants)]


def main() -> None:
    """Serve on a free port until the process is stopped."""
    django.setup()
    from django.core.asgi import get_asgi_application  # noqa: PLC0415  after django.setup()

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(get_asgi_application(), log_level="warning", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
