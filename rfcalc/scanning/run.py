"""How does an executor get through the items? A window of them at a time, a lost one once more."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import islice
from queue import Empty, SimpleQueue

from rfcalc.scanning.line import Item, Limits, Line
from rfcalc.scanning.workers import work

__all__ = ["lines"]

WINDOW = 512
"""Most items that an executor holds at once."""
LOOK = 2.0
"""Seconds between two looks at whether the executor is still there."""


def lines(
    executor: Executor,
    items: Sequence[Item],
    limits: Limits,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Line]:
    """Yield the line of every item, as they come.

    The work itself gives a line for whatever happens to an item; what the executor raises is
    about the machine it ran on. Such an item is handed in once more, then it has a line too.

    Parameters
    ----------
    check : raises when the executor will answer no more.
    """
    done: SimpleQueue[tuple[Item, bool, Future[Line]]] = SimpleQueue()

    def hand_in(item: Item, again: bool) -> None:
        future = executor.submit(work, item, limits)
        future.add_done_callback(lambda future: done.put((item, again, future)))

    waiting = iter(items)
    open_items = 0
    for item in islice(waiting, WINDOW):
        hand_in(item, False)
        open_items += 1
    while open_items:
        try:
            item, again, future = done.get(timeout=LOOK)
        except Empty:
            check()
            continue
        try:
            line = future.result()
        except Exception as fault:
            check()
            if not again:
                hand_in(item, True)
                continue
            message = f"the worker that had it was lost, twice ({type(fault).__name__})"
            line = Line(path=item.path, status="crashed", message=message)
        yield line
        following = next(waiting, None)
        if following is None:
            open_items -= 1
        else:
            hand_in(following, False)
