"""Static files for a server that reads answers asynchronously."""

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise is untyped
    """WhiteNoise that answers with whole files.

    Its own answer is a synchronous iterator: Django reads that whole as well before anything is
    sent, and warns of it each time. Our files are small.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Return the file, or what stands for it: not modified, a part, no content to a HEAD."""
        found = static_file.get_response(request.method, request.META)
        if found.file is None:
            answer = HttpResponse(status=int(found.status))
        else:
            with found.file as file:
                answer = HttpResponse(file.read(), status=int(found.status))
        del answer["Content-Type"]
        for name, value in found.headers:
            answer[name] = value
        return answer
