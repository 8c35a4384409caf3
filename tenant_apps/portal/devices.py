"""What a sign-in was made with, in words: "Chrome on macOS"."""

from django.utils.translation import gettext as _

# The first mark that is found counts: most browsers name others that they are like.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
MOST = 40


def device_of(user_agent: str) -> str:
    """Return the browser and its system, the name of a program, or that it is unknown."""
    browser, system = _find(BROWSERS, user_agent), _find(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    program = user_agent.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0][:MOST]
    return browser or system or program or _("Unknown device")


def is_handheld(user_agent: str) -> bool:
    """Return whether it was a telephone or a tablet."""
    return _find(SYSTEMS, user_agent) in ("iPhone", "iPad", "Android")


def _find(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
