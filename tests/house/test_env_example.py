"""`.env.example` names every variable that the product reads."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_READ = re.compile(r"""\benv_(?:str|bool|int|list|secret|url)\(\s*["']([A-Z0-9_]+)["']""")
_NAMED = re.compile(r"^#?([A-Z0-9_]+)=", re.MULTILINE)


def test_names_every_variable_that_is_read() -> None:
    read = {
        name
        for folder in ("config", "shared_apps", "tenant_apps")
        for path in (CHECKOUT / folder).rglob("*.py")
        for name in _READ.findall(path.read_text(encoding="utf-8"))
    }
    named = set(_NAMED.findall((CHECKOUT / ".env.example").read_text(encoding="utf-8")))
    assert len(read) > 10
    assert sorted(read - named) == []


def test_sets_nothing_by_itself() -> None:
    lines = (CHECKOUT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
