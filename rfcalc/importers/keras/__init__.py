"""How is a Keras model read? As data: its configuration says all that there is to know."""

from collections.abc import Sequence
from pathlib import Path

from rfcalc.importers.keras.archive import config_in
from rfcalc.importers.keras.configs import model_of
from rfcalc.importers.keras.parts import part_of
from rfcalc.network import Network

__all__ = ["read_keras"]


def read_keras(
    path: str | Path,
    *,
    shapes: Sequence[Sequence[int]] = (),
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of a ``.keras`` file, or of the text of ``model.to_json()``.

    Keras is not needed, no code is run, and neither weights nor pickles are opened. Layers have
    the names they have in Keras; those of a nested model follow its name: ``backbone.conv1``.

    Parameters
    ----------
    shapes : one per input, in order: a whole shape, batch and channels included, or the spatial
        sizes alone; they fill sizes that are left open, and replace those that are written.
    submodule : the name of a nested model, which is read by itself at the shape that it receives;
        or of a layer, up to which the network is read, as with ``model.get_layer``.
    assume_pointwise : layer classes to take for element-wise; the network is then not exact.
    layout : one string per input, a letter per dimension (``NHWC``), in place of what the model's
        windows say.

    Raises
    ------
    RfcalcError
        RF504 a file that cannot be read, RF501 a layer that is not handled, RF502 axes that
        cannot be followed, RF510 no such submodule, RF512 a shape that is missing or impossible.
    """
    data = config_in(path)
    model = model_of(data)
    return part_of(data, model, Path(path).stem, shapes, submodule, assume_pointwise, layout)
