"""Drawings that come from elsewhere, shown without letting their markup into the page."""

from base64 import b64encode


def as_image(svg: str) -> str:
    """Return a drawing as the address of an image, so that no markup of it runs in the page."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
