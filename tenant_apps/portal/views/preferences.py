"""Theme, language and hidden first steps: of this browser; the language of the person as well."""

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.web.pages.language import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from tenant_apps.accounts.services import PersonChanges, update_person
from tenant_apps.portal.addresses import where_to
from tenant_apps.portal.first_steps import COOKIE, HIDDEN, SHOWN
from tenant_apps.portal.pages import Page

A_YEAR_S = 365 * 24 * 3600


class Preferences(Page):
    """How the portal looks and speaks."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": None}
    allowed_when_suspended = True
    allowed_when_impersonated = True

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the choice and lead back."""
        response = self.go(where_to(request, request.POST.get("next", "")))
        theme, language = request.POST.get("theme", ""), request.POST.get("language", "")
        if theme in THEMES:
            self._remember(response, THEME_COOKIE, theme)
        if request.POST.get(COOKIE) in (HIDDEN, SHOWN):
            self._remember(response, COOKIE, request.POST[COOKIE])
        if language in dict(settings.LANGUAGES):
            self._remember(response, LANGUAGE_COOKIE, language)
            self._keep_language(language)
        return response

    def _keep_language(self, language: str) -> None:
        if self.viewer.locale == language or not self.is_writable or self.viewer.impersonation:
            return
        update_person(
            user_id=self.viewer.pk,
            changes=PersonChanges(locale=language),
            expected_version=self.viewer.version,
            by=self.viewer.actor,
            at=self.at,
        )

    def _remember(self, response: HttpResponseBase, name: str, value: str) -> None:
        response.set_cookie(
            name, value, max_age=A_YEAR_S, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
        )
