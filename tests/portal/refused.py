"""What the page of a step says that cannot be taken."""

from django.test import Client as Browser


def why_not(browser: Browser, path: str, status: int = 409) -> str:
    """Return what a page says that shows no form in its main part."""
    page = browser.get(path)
    html = page.content.decode()
    assert page.status_code == status, html
    main = html.split("<main", 1)[1].split("</main", 1)[0]
    assert "<form" not in main
    if status == 409:
        assert "This is not possible now" in main
    return main
