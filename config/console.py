"""How the operators' console looks: its name, its way around, its style sheet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

HOME = "/console/"
SECURITY = "/account/security/"  # the portal's own page, on the platform's host


def console_look() -> dict[str, Any]:
    """Return django-unfold's settings. Colours lie in the style sheet: the policy forbids inline.

    Source: unfold.settings.CONFIG_DEFAULTS.
    """
    return {
        "SITE_TITLE": _("PRS console"),
        "SITE_HEADER": _("PRS console"),
        "SITE_SYMBOL": "hub",
        "SITE_URL": None,
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "DASHBOARD_CALLBACK": "shared_apps.platform_admin.console.operation.add_overview",
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": "/static/portal/icon.svg"}
        ],
        "STYLES": ["/static/console/console.css"],
        "ACCOUNT": {"navigation": [{"title": _("Password and second factors"), "link": SECURITY}]},
        "SIDEBAR": {"navigation": _navigation()},
    }


def _navigation() -> list[dict[str, Any]]:
    return [
        _group(
            _("Organizations"),
            _item(_("Overview"), "dashboard", ""),
            _item(_("Organizations"), "domain", "organizations/organization/"),
            _item(_("Hosts"), "language", "organizations/domain/"),
            _item(_("Administrators"), "supervisor_account", "administrators/"),
        ),
        _group(
            _("Operation"),
            _item(_("Dead letters"), "mail_off", "dead-letters/"),
            _item(_("Jobs"), "schedule", "jobs/"),
            _item(_("Migrations"), "database", "tenancy/schemastate/"),
        ),
        _group(
            _("Control"),
            _item(_("Audit"), "history", "audit/eventrecord/"),
            _item(_("Visits"), "visibility", "accounts/impersonation/"),
            _item(_("Operators"), "badge", "accounts/user/"),
        ),
    ]


def _group(title: Any, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


def _item(title: Any, icon: str, path: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": f"{HOME}{path}"}
