"""How are the tiles of a plan run by dask? As a lazy array, or as tasks that write to zarr."""

import queue
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from rfcalc.clients import connect
from rfcalc.errors import RfcalcError, fail
from rfcalc.packages import package
from rfcalc.tiling.parts import Part, Places
from rfcalc.tiling.results import Kind, check_kind, own_copy, run_part
from rfcalc.tiling.stores import Stores

__all__ = ["lazily", "spread"]

ALONE = 60.0
"""Seconds after which a cluster that has lost all its workers is given up."""
TURN = 1.0
"""Seconds between two looks at the cluster."""
REACHED = 20.0
"""Seconds within which a scheduler answers."""

Predict = Callable[[Any], Any]
Both = tuple[Places, Places]


def lazily(
    predict: Predict, array: Any, stores: Stores, todo: Sequence[Part], places: Both
) -> "list[Any]":
    """Return the results as dask arrays, one block per tile, none of which is computed yet.

    The windows are slices of ``array``. Types and channels are learned from a run on zeros.
    """
    dask, arrays = (_dask(name) for name in ("dask", "dask.array"))
    samples = _sample_results(predict, array, todo[0], places)
    held = dask.delayed(predict)
    kinds = [stores.kind(number, one) for number, one in enumerate(samples)]
    blocks: list[list[Any]] = [[] for _ in samples]
    for part in todo:
        window = array[places[0].index(part.input, array.ndim)]
        made = dask.delayed(_kept, nout=len(samples))(held, window, part, places[1], kinds)
        for number, sample in enumerate(samples):
            spans = part.outer[number]
            shape = places[1].resized(sample.shape, [high - low for low, high in spans])
            blocks[number].append(arrays.from_delayed(made[number], shape, sample.dtype))
    grid = [len(axis) for axis in stores.plans[0].spans or ()]
    return [
        _join_blocks(arrays, found, grid, places[1].of(sample.ndim, len(grid)))
        for found, sample in zip(blocks, samples, strict=True)
    ]


def spread(
    client: Any,
    predict: Predict,
    array: Any,
    stores: Stores,
    todo: Sequence[Part],
    places: Both,
    told: Callable[[int, int], None],
) -> None:
    """Run tiles on a cluster; workers write to zarr themselves, other results come back.

    A tile whose worker is lost is run again, and writes the same cells.

    Raises
    ------
    RfcalcError
        RF414: the cluster cannot be reached, or is gone.
    """
    distributed = _dask("distributed")
    own = isinstance(client, str)
    if own:
        client = connect(client, REACHED, _needs("distributed"), partial(_silent, client))
    try:
        _spread(distributed, client, predict, array, stores, todo, places, told)
    finally:
        if own:
            client.close(timeout=5)


def _spread(
    distributed: Any,
    client: Any,
    predict: Predict,
    array: Any,
    stores: Stores,
    todo: Sequence[Part],
    places: Both,
    told: Callable[[int, int], None],
) -> None:
    targets = _targets(predict, array, stores, todo[0], places) if stores.given else None
    if not _lives(client):
        raise _gone("the connection is closed")
    held = client.submit(_same, predict, pure=False)
    ended, lost = queue.SimpleQueue[Any](), list[Any]()
    waiting: dict[Any, Part] = {}
    for part in todo:
        future = client.submit(_run_tile, held, array, part, places, targets, pure=False)
        waiting[future] = part
        future.add_done_callback(ended.put)
    seen = time.monotonic()
    try:
        while waiting:
            with suppress(queue.Empty):
                future = ended.get(timeout=TURN)
                if future.status == "lost":
                    # Its worker went with the result, and another one computes it again.
                    lost.append(future)
                    continue
                values = _result(distributed, future)
                part = waiting.pop(future)
                if values is not None:
                    stores.write(part, values)
                told(len(todo) - len(waiting), len(todo))
                seen = time.monotonic()
                continue
            while lost:
                lost.pop().add_done_callback(ended.put)
            if _lives(client) and client.scheduler_info(n_workers=-1)["workers"]:
                seen = time.monotonic()
            elif client.status in ("closed", "closing") or time.monotonic() - seen > ALONE:
                raise _gone("no worker is left")
    finally:
        if _lives(client):
            client.cancel(list(waiting))


def _targets(
    predict: Predict, array: Any, stores: Stores, part: Part, places: Both
) -> list[Any] | None:
    """Return the stores that workers write to themselves, ``None`` where one cannot be shared."""
    samples = _sample_results(predict, array, part, places)
    for number, one in enumerate(samples):
        stores.kind(number, one)
    made = [stores.opened(n, one.shape, one.dtype) for n, one in enumerate(samples)]
    stores.apart()
    return made if all(hasattr(one, "store") for one in made) else None


def _lives(client: Any) -> bool:
    return client.status == "running"


def _result(distributed: Any, future: Any) -> Any:
    """Return what a task gave; what the function itself raised is raised."""
    if future.status == "cancelled":
        raise _gone("it has dropped a tile")
    try:
        return future.result()
    except distributed.KilledWorker:
        raise _gone("the workers that ran one tile were all lost") from None


def _same(predict: Predict) -> Predict:
    """Return the function: as a task of its own, it is held once by every worker."""
    return predict


def _run_tile(
    predict: Predict, array: Any, part: Part, places: Both, targets: Sequence[Any] | None
) -> Any:
    """Run one tile on a worker; write it, or return it."""
    window = array[places[0].index(part.input, len(array.shape))]
    values = run_part(predict, window, part, places[1])
    if targets is None:
        return values
    for target, value, outer in zip(targets, values, part.outer, strict=True):
        check_kind(value, Kind.of(target, given=True), places[1], len(outer))
        target[places[1].index(outer, value.ndim)] = value
    return None


def _kept(predict: Predict, window: Any, part: Part, places: Places, kinds: Sequence[Kind]) -> Any:
    """Return what is kept of a tile, apart from the rest of what the function gave."""
    values = run_part(predict, window, part, places)
    for value, kind, inner in zip(values, kinds, part.inner, strict=True):
        check_kind(value, kind, places, len(inner))
    return tuple(own_copy(value) for value in values)


def _sample_results(predict: Predict, array: Any, part: Part, places: Both) -> "list[Any]":
    """Return what a tile of zeros gives: the types and channels of the results."""
    import numpy as np

    shape = places[0].resized(array.shape, [high - low for low, high in part.input])
    return run_part(predict, np.zeros(shape, array.dtype), part, places[1])


def _join_blocks(
    arrays: Any, blocks: Sequence[Any], grid: Sequence[int], dims: Sequence[int]
) -> Any:
    """Return blocks in row-major order as one array."""
    found = list(blocks)
    for count, dim in zip(reversed(grid), reversed(dims), strict=True):
        found = [
            arrays.concatenate(found[at : at + count], axis=dim)
            for at in range(0, len(found), count)
        ]
    return found[0]


def _dask(name: str) -> Any:
    return package(name, _needs(name), "rfcalc[dask]")


def _needs(name: str) -> str:
    return f"running tiles by dask needs {name}"


def _silent(address: str, fault: Exception) -> RfcalcError:
    return _gone(f"'{address}' does not answer ({type(fault).__name__})")


def _gone(reason: str) -> RfcalcError:
    help = "nothing of the result is kept where it was to be made: run it on a cluster that lives"
    return fail("RF414", f"the cluster is gone: {reason}", help)
