"""Find one's organizations, for programs."""

from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.platform_admin.finding import find_workspaces
from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer
from shared_apps.web.views import ApiViewSet


class FindIn(InputSerializer):
    """The address whose organizations are looked for."""

    email = serializers.EmailField(max_length=254)


class FindView(ApiViewSet):
    """Which organizations an address belongs to: told by e-mail only."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @documented(request=FindIn, request_example={"email": "sam@acme.example"})
    def create(self, request: Request) -> Response:
        """Have a list of one's organizations mailed; the answer is the same for every address."""
        find_workspaces(email=self.read(FindIn)["email"], at=self.at)
        return self.nothing()
