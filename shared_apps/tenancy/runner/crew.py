"""Threads that work off a list, each on a connection of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event
from typing import Generic, TypeVar

from shared_apps.tenancy.runner.session import worker_session

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


def work_off(
    items: Sequence[ItemT], work: Callable[[ItemT], ResultT], *, parallel: int, stop: Event
) -> Iterator[ResultT]:
    """Yield what `work` returns for each item, as it comes; once `stop` is set no item is begun.

    What a thread could not help raising is raised at the end.
    """
    size = min(parallel, len(items))
    crew = _Crew(items, work, stop)
    with ThreadPoolExecutor(max_workers=max(1, size)) as pool:
        threads = [pool.submit(crew.work_on) for _ in range(size)]
        try:
            yield from crew.results(size)
        finally:  # reached early when whoever listens goes away, by Ctrl-C for instance
            if crew.is_at_work:
                stop.set()
    for thread in threads:
        thread.result()


class _Crew(Generic[ItemT, ResultT]):
    def __init__(
        self, items: Sequence[ItemT], work: Callable[[ItemT], ResultT], stop: Event
    ) -> None:
        self._todo: SimpleQueue[ItemT] = SimpleQueue()
        self._done: SimpleQueue[ResultT | None] = SimpleQueue()
        for item in items:
            self._todo.put(item)
        self._work, self._stop = work, stop
        self.is_at_work = True

    def work_on(self) -> None:
        """Do items until none is left; a thread's whole life."""
        try:
            with worker_session():
                while (item := self._next()) is not None:
                    self._done.put(self._work(item))
        finally:
            self._done.put(None)

    def results(self, threads: int) -> Iterator[ResultT]:
        """Yield results until so many threads have ended."""
        while threads:
            result = self._done.get()
            if result is None:
                threads -= 1
            else:
                yield result
        self.is_at_work = False

    def _next(self) -> ItemT | None:
        if self._stop.is_set():
            return None
        try:
            return self._todo.get_nowait()
        except Empty:
            return None
