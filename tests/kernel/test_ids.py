from concurrent.futures import ThreadPoolExecutor

from shared_apps.kernel.ids import uuid7


def test_identifiers_of_one_process_sort_by_their_making() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_identifiers_are_valid_version_7() -> None:
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_identifiers_of_many_threads_are_unique() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: uuid7(), range(8_000)))
    assert len(set(made)) == 8_000
