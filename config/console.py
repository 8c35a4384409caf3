"""How the operators' console looks: its name, its way around, its style sheet."""

from typing import Any

HOME = "/console/"
SECURITY = "/account/security/"  # the portal's own page, on the platform's host


def console_look() -> dict[str, Any]:
    """Return django-unfold's settings. Colours lie in the style sheet: the policy forbids inline.

    Source: unfold.settings.CONFIG_DEFAULTS.
    """
    return {
        "SITE_TITLE": "PRS console",
        "SITE_HEADER": "PRS console",
        "SITE_SYMBOL": "hub",
        "SITE_URL": None,
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "DASHBOARD_CALLBACK": "shared_apps.platform_admin.console.operation.add_overview",
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": "/static/portal/icon.svg"}
        ],
        "STYLES": ["/static/console/console.css"],
        "ACCOUNT": {"navigation": [{"title": "Password and second factors", "link": SECURITY}]},
        "SIDEBAR": {"navigation": _navigation()},
    }


def _navigation() -> list[dict[str, Any]]:
    return [
        _group(
            "Organizations",
            _item("Overview", "dashboard", ""),
            _item("Organizations", "domain", "organizations/organization/"),
            _item("Hosts", "language", "organizations/domain/"),
            _item("Administrators", "supervisor_account", "administrators/"),
        ),
        _group(
            "Operation",
            _item("Dead letters", "mail_off", "dead-letters/"),
            _item("Jobs", "schedule", "jobs/"),
            _item("Migrations", "database", "tenancy/schemastate/"),
        ),
        _group(
            "Control",
            _item("Audit", "history", "audit/eventrecord/"),
            _item("Visits", "visibility", "accounts/impersonation/"),
            _item("Operators", "badge", "accounts/user/"),
        ),
    ]


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


def _item(title: str, icon: str, path: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": f"{HOME}{path}"}
