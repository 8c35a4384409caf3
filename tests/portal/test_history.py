"""What happened is said in words, in every language."""

import pytest
from django.utils import translation
from lucide.templatetags.lucide import lucide

from shared_apps.audit.registry import kinds_of_events
from tenant_apps.portal.history import EVENTS
from tenant_apps.portal.wording import WORDS

NAMES = sorted(name for names in kinds_of_events().values() for name in names)


def test_every_event_has_words_and_an_icon() -> None:
    assert [name for name in NAMES if name not in EVENTS] == []
    for said in EVENTS.values():
        assert "<svg" in lucide(said.icon)


@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_said_in_german(name: str) -> None:
    with translation.override("de"):
        german = str(EVENTS[name].text)
    with translation.override("en"):
        assert german != str(EVENTS[name].text)


def test_every_kind_of_the_audit_log_has_a_word() -> None:
    assert [kind for kind in kinds_of_events() if kind not in WORDS["audit"]] == []
