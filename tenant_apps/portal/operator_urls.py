"""The portal's own pages on the platform's host, for operators: the door, their own security."""

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
        *("account_password", "confirm", "security", "app_new", "app_remove", "codes_new"),
        *("passkey_new", "passkey_rename", "passkey_remove", "session_end", "others_end"),
    }
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("start/", RedirectView.as_view(url="/console/"), name="home"),
    path("account/", RedirectView.as_view(url="/account/security/"), name="account"),
    *(each for each in of_organizations if getattr(each, "name", "") in ON_PLATFORM),
    path("<path:path>", NoSuchPage.as_view(), name="nothing"),
]
