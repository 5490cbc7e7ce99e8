"""Which ONNX files does the list hold? The nine of the onnx package, and exports of the others."""

import random
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.importers.models.case import LARGE, Case

EXPORTED = {False: 60, True: 20}
"""How many models of the list are exported as ONNX: by the older exporter, by the newer one."""

SAME_PADDING = re.compile(r"tf_|_same|efficientnet|bit\b|resnetv2|EfficientNetBN|mixnet|gernet_tf")
"""Models that compute TensorFlow's same padding: the older exporter writes other pads."""


def carried() -> list[Case]:
    """Return the small networks that the onnx package carries."""
    import onnx

    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    return [
        Case("onnx.package", path.stem, path.read_bytes, ((1, 3, 224, 224),), "onnx")
        for path in sorted(folder.glob("*.onnx"))
    ]


def exported() -> list[Case]:
    """Return models of torchvision, timm, smp and MONAI as files of both exporters."""
    from tests.importers.models.segmentation import monai, smp
    from tests.importers.models.vision import timm, torchvision

    listed = [
        case
        for case in (*torchvision(), *timm(), *smp(), *monai())
        if not LARGE.search(case.name) and not SAME_PADDING.search(case.name)
    ]
    found: list[Case] = []
    for newer, count in EXPORTED.items():
        family = f"onnx.{'newer' if newer else 'older'}-exporter"
        for case in random.Random(count).sample(listed, count):
            name = f"{case.family}/{case.name}"
            found.append(Case(family, name, _module(case.build, newer), case.shapes, "onnx"))
    return found


def _module(build: Callable[[], Any], newer: bool) -> Callable[[], Any]:
    def made() -> tuple[Any, bool]:
        return build().eval(), newer

    return made


def written(module: Any, newer: bool, args: tuple[Any, ...]) -> bytes:
    """Return the file that an exporter makes of a module, without the exporter's talk."""
    from tests.importers.test_same import export

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export(module, args, path, newer)
        return path.read_bytes()
