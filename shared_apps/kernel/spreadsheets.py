"""Texts that go into files which spreadsheets open."""

# what makes a spreadsheet take a text for a formula
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet computes: an apostrophe says that it is a text."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
