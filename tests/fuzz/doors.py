"""Which words and files stand beside a model? Layouts, values, and what ``erf`` is told."""

import io
import json
from functools import cache
from random import Random
from typing import Any

from tests.fuzz.mutation import mutate_bytes, mutate_json
from tests.fuzz.target import CORPUS, Target, folder, refusals, text_of

__all__ = ["DOORS"]

LAYOUTS = ("NCHW", "NHWC", "NTC", "NCDHW", "N", "C", "HW", "NN", "\n", "-", " ", "H", "\u00b5")
VALUES = ("sr=16000", "x=1,2,3", "x", "=", ",", "1e999", "nan", "inf", "-0", "n=1", "9" * 30, "\n")
NUMBERS = ("0.485,0.456,0.406", "0", "1e-320", "1e999", "nan", "-1", ",", "%", "0.5", "\n", "1_0")


@cache
def _keras() -> Any:
    """Return a model whose layout is asked for."""
    path = folder() / "laid-out.json"
    path.write_bytes((CORPUS / "keras" / "chain").read_bytes())
    return path


def layout(data: bytes) -> None:
    """Any layouts of a model's inputs, one a line: those that are taken name each dimension."""
    from rfcalc.loading import load

    words = text_of(data).split("\n")
    network, _ = refusals(lambda: load(_keras(), layout=words))
    if network is not None:
        assert network.layouts == tuple(words[: len(network.layouts)]), network.layouts


def values(data: bytes) -> None:
    """Any ``--value NAME=NUMBER``, one a line, for the inputs of an ONNX file."""
    from rfcalc.cli.options import numbers
    from rfcalc.loading import load

    given, _ = refusals(lambda: numbers(text_of(data).split("\n")))
    if given is not None:
        path = CORPUS / "onnx" / "shapes"
        model = folder() / "valued.onnx"
        if not model.exists():
            model.write_bytes(path.read_bytes())
        network, faults = refusals(lambda: load(model, value=given))
        assert network is not None or faults


def hdf5(data: bytes) -> None:
    """An HDF5 file as Keras writes it; the corpus holds it as its configuration."""
    from rfcalc.importers.keras import hdf5 as reading
    from rfcalc.loading import load

    reading.SECONDS = 5.0
    path = folder() / "model.h5"
    path.write_bytes(_hdf5(data) if data[:1] in (b"{", b"[") else data)
    refusals(lambda: load(path))


def _hdf5(text: bytes) -> bytes:
    """Return the file that holds a configuration."""
    import h5py

    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        file.attrs["keras_version"] = "3.5.0"
        file.attrs["model_config"] = text[:60_000]
    return held.getvalue()


def hdf5_bytes(data: bytes, random: Random) -> bytes:
    """Return a changed configuration, or the changed bytes of the file around it."""
    if data[:1] in (b"{", b"["):
        if random.random() < 0.5:
            return mutate_json(data, random)
        data = _hdf5(data)
    return mutate_bytes(data, random)


def tfjs(data: bytes) -> None:
    """A ``model.json`` of TensorFlow.js."""
    from rfcalc.loading import load

    path = folder() / "model.json"
    path.write_bytes(data)
    refusals(lambda: load(path))


def _tfjs(config: bytes) -> bytes:
    """Return the ``model.json`` that holds a configuration."""
    topology = {"keras_version": "2.15.0", "model_config": json.loads(config)}
    manifest = [{"paths": ["group1-shard1of1.bin"], "weights": []}]
    held = {"format": "layers-model", "modelTopology": topology, "weightsManifest": manifest}
    return json.dumps(held).encode()


def pictures(data: bytes) -> None:
    """An image, array or state of a measurement that ``erf`` is given, in any bytes."""
    import numpy as np

    from rfcalc.effective.samples import Images
    from rfcalc.effective.states import kept

    for suffix in (".png", ".jpg", ".bmp", ".ppm", ".npy"):
        path = folder() / f"image{suffix}"
        path.write_bytes(data)
        images = Images((path,), (1, 3, 4, 5), "NCHW", resize=8)
        found, _ = refusals(lambda i=images: i.sample(0))
        if found is not None:
            assert found[0].shape == (1, 3, 4, 5), found[0].shape
            assert found[0].dtype == np.float32, found[0].dtype
    state = folder() / "state.npz"
    state.write_bytes(data)
    refusals(lambda: kept(state, "another", []))


def _pictures() -> list[bytes]:
    """Return small files of each kind."""
    import numpy as np

    found: list[bytes] = [b"P6\n2 2\n255\n" + bytes(range(12)), b"P3 1 1 255 1 2 3"]
    for array in (np.zeros((1, 3, 4, 5), np.float32), np.arange(6.0)):
        held = io.BytesIO()
        np.save(held, array)
        found.append(held.getvalue())
    held = io.BytesIO()
    np.savez(held, about=np.array("another"), samples=np.array(3))
    return [*found, held.getvalue()]


def settings(data: bytes) -> None:
    """Any ``--mean``, ``--std`` and ``--threshold``, one a line, of ``erf`` on a chain."""
    from tests.fuzz.targets import run_command

    mean, std, threshold, *_ = [*text_of(data).replace("\0", "0").split("\n"), "", "", ""]
    told = ["--mean", mean, "--std", std, "--threshold", threshold, "-f", "json"]
    run_command(["erf", "k3,k3d2", *told])


def _configs() -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / "keras").iterdir())]


def _lines(words: tuple[str, ...]) -> list[bytes]:
    return [word.encode() for word in words]


DOORS: dict[str, Target] = {
    "layout": Target(layout, words=LAYOUTS, seeds=_lines(LAYOUTS), needs="rfcalc.importers.keras"),
    "value": Target(values, words=VALUES, seeds=_lines(VALUES), needs="rfcalc.importers.onnx"),
    "hdf5": Target(hdf5, hdf5_bytes, seeds=_configs(), needs="rfcalc.importers.keras"),
    "tfjs": Target(
        tfjs,
        mutate_json,
        seeds=[_tfjs(one) for one in _configs()],
        needs="rfcalc.importers.keras",
    ),
    "erf-files": Target(pictures, seeds=_pictures(), needs="rfcalc.effective.samples"),
    "erf-settings": Target(settings, words=NUMBERS, seeds=[b"0.5\n0.2\n0.5", *_lines(NUMBERS)]),
}
"""By name, as ``targets.TARGETS``."""
