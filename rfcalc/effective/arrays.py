"""How are the maps of effective fields handed to other programs? As arrays in a file."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from rfcalc.effective.result import Effective
from rfcalc.errors import fail
from rfcalc.files import npz

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["as_npy", "as_npz"]


def as_npy(found: Sequence[Effective]) -> bytes:
    """Return a file that holds one map: the measured one, or the expected where none was.

    Raises
    ------
    RfcalcError
        RF406: there are several.
    """
    import numpy as np

    layers = [layer for one in found for layer in one.layers]
    if len(layers) > 1:
        names = ", ".join(f"'{layer.layer}'" for layer in layers)
        help = "name one network and `layer=`, or write `out=FILE.npz`, which holds all"
        raise fail("RF406", f".npy holds one map, and there are {names}", help)
    maps = layers[0].maps
    out = BytesIO()
    np.save(out, maps.get("measured", maps["expected"]), allow_pickle=False)
    return out.getvalue()


def as_npz(found: Sequence[Effective]) -> bytes:
    """Return a file with every map and where it starts: ``measured``, .., ``start``.

    Names are preceded by those of network, layer and source as far as there are several.
    """
    import numpy as np

    names = [one.network for one in found]
    arrays: dict[str, NDArray[np.generic]] = {}
    for number, one in enumerate(found):
        layers = [layer.layer for layer in one.layers]
        sources = {layer.source for layer in one.layers}
        for layer in one.layers:
            own = one.network if names.count(one.network) == 1 else f"{one.network}.{number}"
            before = [own] * (len(found) > 1) + [layer.layer] * (len({*layers}) > 1)
            before += [layer.source] * (len(sources) > 1)
            for name, values in {**layer.maps, "start": np.array(layer.start)}.items():
                arrays[".".join([*before, name])] = values
    return npz(arrays)
