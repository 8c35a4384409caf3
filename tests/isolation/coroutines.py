"""Coroutines of two organizations that share one event loop and one thread."""

import asyncio

from asgiref.sync import sync_to_async

from shared_apps.tenancy.context import Tenant, find_current_schema, use_tenant
from tests.isolation.world import read_canary, tally


def tasks_of_one_loop(one: Tenant, other: Tenant) -> None:
    """Two coroutines take turns in one event loop; a third is cancelled in the middle."""
    tally.note("coroutine", right=asyncio.run(_take_turns(one, other)))


async def _take_turns(one: Tenant, other: Tenant) -> bool:
    doomed = asyncio.create_task(_read_for_ever(other))
    answers = await asyncio.gather(*(_read_slowly(owner) for owner in (one, other, one)))
    doomed.cancel()
    ends = await asyncio.gather(doomed, return_exceptions=True)
    was_cancelled = isinstance(ends[0], asyncio.CancelledError)
    return answers == [True, True, True] and was_cancelled and find_current_schema() is None


async def _read_slowly(owner: Tenant) -> bool:
    with use_tenant(owner):
        first = await sync_to_async(read_canary)()
        await asyncio.sleep(0)
        return first == await sync_to_async(read_canary)() == owner.slug


async def _read_for_ever(owner: Tenant) -> None:
    with use_tenant(owner):
        await sync_to_async(read_canary)()
        await asyncio.Event().wait()
