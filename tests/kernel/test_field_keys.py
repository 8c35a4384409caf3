"""Secrets in columns: the first key of the ring writes, all of them read."""

from typing import Any

import pytest

from shared_apps.kernel.field_keys import CannotUnseal, is_current, name_of_key, seal, unseal

OLD, NEW = "the old key of the ring, long enough", "the new key of the ring, long enough"


def test_a_sealed_text_comes_back(settings: Any) -> None:
    settings.FIELD_KEYS = [NEW]
    sealed = seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"
    assert seal("JBSWY3DPEHPK3PXP") != sealed


def test_an_old_key_reads_and_the_first_key_writes(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    sealed = seal("secret")
    assert is_current(sealed)
    settings.FIELD_KEYS = [NEW, OLD]
    assert unseal(sealed) == "secret"
    assert not is_current(sealed)
    assert is_current(seal("secret"))


def test_a_key_that_left_the_ring_reads_nothing(settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    sealed = seal("secret")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CannotUnseal, match=name_of_key(OLD)):
        unseal(sealed)


@pytest.mark.parametrize("damage", ["", "plain text", "f1.", "f1.12345678.x", "f2.{name}.x"])
def test_what_is_no_sealed_text_is_refused(damage: str, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CannotUnseal):
        unseal(damage.format(name=name_of_key(NEW)))


def test_a_changed_text_is_refused(settings: Any) -> None:
    settings.FIELD_KEYS = [NEW]
    sealed = seal("secret")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(CannotUnseal):
        unseal(changed)


def test_the_name_of_a_key_says_nothing_about_it() -> None:
    assert OLD not in name_of_key(OLD)
    assert name_of_key(OLD) != name_of_key(NEW)
