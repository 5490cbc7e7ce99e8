"""How does a measurement go on where it stopped? Its sums are kept in a file beside what it is."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rfcalc.errors import fail
from rfcalc.files import npz, target, write
from rfcalc.gradients import Averages, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["about", "kept", "save"]


def about(places: Sequence[Place], **settings: object) -> str:
    """Return what a measurement is of, as text: another one does not go on with its sums."""
    held = [
        [place.layer, place.origin, place.cells, place.shape, [n.size for n in place.network.nodes]]
        for place in places
    ]
    text = json.dumps([held, settings], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def save(path: str | Path, what: str, sums: Sequence[Averages]) -> None:
    """Write the sums of a measurement, whole or not at all."""
    import numpy as np

    arrays: dict[str, NDArray[np.generic]] = {
        "about": np.array(what),
        "samples": np.array(sums[0].samples),
    }
    for number, one in enumerate(sums):
        arrays |= {f"mean{number}": one.mean, f"spread{number}": one.spread}
        arrays[f"groups{number}"] = one.groups
    write(path, npz(arrays))


def kept(path: str | Path, what: str, places: Sequence[Place]) -> list[Averages]:
    """Return the sums that a file holds; new ones where there is no file.

    Raises
    ------
    RfcalcError
        RF456: the file holds no state of a measurement, or that of another; RF407, RF408: a path
        that cannot be written.
    """
    import numpy as np

    place = target(path, (".npz",))
    sums = [Averages(one) for one in places]
    if not place.exists():
        return sums
    try:
        with place.open("rb") as file, np.load(file, allow_pickle=False) as held:
            same = str(held["about"]) == what
            for number, one in enumerate(sums if same else ()):
                one.samples = int(held["samples"])
                for name in ("mean", "spread", "groups"):
                    setattr(one, name, held[f"{name}{number}"])
    except Exception as fault:
        fact = f"'{path}' does not hold the state of a measurement: {type(fault).__name__}"
        raise fail("RF456", fact, "name another file with `resume=`") from None
    if not same:
        fact = f"'{path}' holds another measurement: of other weights, inputs, layers or cells"
        raise fail("RF456", fact, "run it as before, or name another file with `resume=`")
    return sums
