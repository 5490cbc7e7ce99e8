"""How is a function run on a large array by the tiles of a plan, so that it gives the whole?"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from operator import index
from os import PathLike
from typing import Any, cast

from rfcalc.errors import many
from rfcalc.parameters import expect
from rfcalc.tiling.clusters import lazily, spread
from rfcalc.tiling.parts import Places, checked, parts
from rfcalc.tiling.plan import Plan
from rfcalc.tiling.results import run_part
from rfcalc.tiling.stores import Stores

__all__ = ["run"]

Progress = Callable[[int, int], None]


def run(
    predict: Callable[[Any], Any],
    array: Any,
    plan: Plan,
    *,
    out: Any = None,
    axes: Sequence[int] | int | None = None,
    out_axes: Sequence[int] | int | None = None,
    client: Any = None,
    progress: Progress | bool = False,
) -> Any:
    """Run a function on the windows of a plan; return what it gives on the whole array.

    Parameters
    ----------
    predict : takes a NumPy array and returns one, or a tuple of one per output of the plan. It
        must treat each cell as the network does that the plan was made from.
    plan : what ``rfcalc.tile`` found, its ``plan``, or what ``rfcalc.tiling.tile`` returned.
    array : a NumPy, zarr or dask array, or what else gives NumPy arrays when it is sliced.
    out : where the result is written as it comes, tile by tile: an array, or the path of a zarr
        array to be made, which appears when it is whole. By default a new NumPy array; of a dask
        array a dask array, computed when it is asked for. A tuple for several outputs.
    axes, out_axes : the dimensions of ``array``, and of results, that are the network's axes; by
        default the last ones, as in NCHW.
    client : a dask.distributed client or the address of a scheduler, on whose workers the tiles
        of a zarr array are run and written.
    progress : ``True`` shows a bar on a terminal, a function is called with the tiles done and
        the number of all.

    Raises
    ------
    RfcalcError
        RF403 a plan without size, RF407 ``out`` cannot be written, RF414 the cluster is gone,
        RF466 an array or a result of another size than the plan's, RF505 a missing package.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> import numpy as np
    >>> from rfcalc.loading import load
    >>> from rfcalc.tiling import run, tile
    >>> plan = tile(load("k3p0", dims=1, input=(10,)), 4)
    >>> run(lambda x: x[:-2] + x[1:-1] + x[2:], np.arange(10), plan).tolist()
    [3, 6, 9, 12, 15, 18, 21, 24]
    """
    _expect_types(array, plan, out, client)
    expect(predict=predict, axes=axes, out_axes=out_axes)
    expect(progress=None if isinstance(progress, bool) else progress)
    from_places, to_places = map(_places_of, (axes, out_axes))
    checked(plan, array.shape, from_places)
    todo = list(parts(plan))
    stores = Stores(plan, out, to_places)
    with _told(progress) as told, stores:
        if _is_lazy(array):
            return stores.result(lazily(predict, array, stores, todo, (from_places, to_places)))
        if client is not None:
            spread(client, predict, array, stores, todo, (from_places, to_places), told)
            return stores.made()
        for number, part in enumerate(todo, 1):
            window = array[from_places.index(part.input, len(array.shape))]
            stores.write(part, run_part(predict, window, part, to_places))
            told(number, len(todo))
        return stores.made()


def _places_of(dims: Sequence[int] | int | None) -> Places:
    """Return where the axes are among the dimensions of an array; one may stand by itself."""
    if dims is None:
        return Places(None)
    several = hasattr(dims, "__len__")  # as an array of NumPy
    return Places(tuple(cast("Sequence[int]", dims)) if several else (index(cast("int", dims)),))


def _expect_types(array: object, plan: object, out: object, client: object) -> None:
    """Refuse what is no array, plan, place of a result or client, by the name of the parameter."""
    several = isinstance(out, tuple | list)
    outs = cast("Sequence[object]", out) if several else () if out is None else (out,)
    fits = all(map(_can_hold, outs))
    client_known = client is None or isinstance(client, str) or hasattr(client, "submit")
    for name, value, known, words in (
        ("array", array, hasattr(array, "shape"), "a NumPy, zarr or dask array"),
        ("plan", plan, isinstance(plan, Plan), "the plan of rfcalc.tile: found.plan"),
        (
            "out",
            cast("object", out),
            fits,
            "a NumPy or zarr array, the path of a zarr array to be made, or a tuple",
        ),
        ("client", client, client_known, "a dask.distributed client, or an address"),
    ):
        if not known:
            raise TypeError(f"{name} is of type {type(value).__name__}; it takes {words}")


def _can_hold(out: object) -> bool:
    """Whether a value is a path, or an array that takes NumPy's values where it is indexed."""
    import numpy as np

    if isinstance(out, str | PathLike):
        return True
    if not hasattr(out, "shape") or not hasattr(out, "__setitem__") or _is_lazy(out):
        return False
    try:
        np.dtype(cast("Any", out).dtype)
    except (AttributeError, TypeError):
        return False
    return True


def _is_lazy(array: object) -> bool:
    """Whether an array is one of dask."""
    return type(array).__module__.startswith("dask.")


@contextmanager
def _told(progress: Progress | bool) -> Generator[Progress]:
    """Give what is called after each tile."""
    import sys

    if callable(progress):
        yield progress
    elif not progress or not sys.stderr.isatty():
        yield _silent
    else:
        from rich.console import Console
        from rich.progress import Progress as Bar

        with Bar(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("tiles")

            def told(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total, description=many(total, "tile"))

            yield told


def _silent(_done: int, _total: int) -> None:
    """Tell nothing."""
