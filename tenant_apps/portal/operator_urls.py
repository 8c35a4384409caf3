"""The door on the platform's host: the portal's own pages, mounted for the platform's operators."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from tenant_apps.portal.pages import NoSuchPage
from tenant_apps.portal.urls import urlpatterns as of_organizations

app_name = "portal"

ON_PLATFORM = frozenset(
    {
        *("sign_in", "sign_in_password", "sign_in_code", "sign_in_setup", "sign_out"),
        "sign_in_passkey",
        *("welcome", "preferences"),
    }
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("start/", RedirectView.as_view(url="/console/"), name="home"),
    *(each for each in of_organizations if getattr(each, "name", "") in ON_PLATFORM),
    path("<path:path>", NoSuchPage.as_view(), name="nothing"),
]
