"""Which models does the census count? Each with its package, family, task, and how it is read."""

import importlib.util
import json
import shutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from rfcalc.architectures import zoo_names
from rfcalc.loading import load
from tests.importers.models import declare_torchvision_operators
from tests.importers.models.case import HEAVY

__all__ = ["Model", "models"]

MAKERS = "benchmarks.census.factories"
CONVOLVING = {"convit", "hiera", "pit", "tnt", "vision_transformer_hybrid", "volo", "xcit"}
"""timm families that the tests leave out, and that convolve beyond their patches or pool."""
BASIC = "basicsr.archs"
PLAIN = {"pretrained": False}
IMAGES = {"num_in_ch": 3, "num_out_ch": 3}
SWINIR = {"img_size": 64, "window_size": 8, "upscale": 2, "upsampler": "pixelshuffle"}
STEMS = {"sources": ["a", "b", "c", "d"]}
OTHERS: tuple[tuple[str, str, str, dict[str, Any], tuple[int, ...]], ...] = (
    ("kornia", "descriptors", "kornia.feature:HardNet", PLAIN, (1, 1, 32, 32)),
    ("kornia", "descriptors", "kornia.feature:HardNet8", PLAIN, (1, 1, 32, 32)),
    ("kornia", "descriptors", "kornia.feature:HyNet", PLAIN, (1, 1, 32, 32)),
    ("kornia", "descriptors", "kornia.feature:SOSNet", PLAIN, (1, 1, 32, 32)),
    ("kornia", "descriptors", "kornia.feature:TFeat", PLAIN, (1, 1, 32, 32)),
    ("basicsr", "restoration", f"{BASIC}.rrdbnet_arch:RRDBNet", IMAGES, (1, 3, 64, 64)),
    ("basicsr", "restoration", f"{BASIC}.edsr_arch:EDSR", IMAGES, (1, 3, 64, 64)),
    ("basicsr", "restoration", f"{BASIC}.rcan_arch:RCAN", IMAGES, (1, 3, 64, 64)),
    ("basicsr", "restoration", f"{BASIC}.srresnet_arch:MSRResNet", {}, (1, 3, 64, 64)),
    ("basicsr", "restoration", f"{BASIC}.srvgg_arch:SRVGGNetCompact", {}, (1, 3, 64, 64)),
    ("basicsr", "restoration", f"{BASIC}.swinir_arch:SwinIR", SWINIR, (1, 3, 64, 64)),
    ("asteroid", "speech separation", "asteroid.models:ConvTasNet", {"n_src": 2}, (1, 16000)),
    ("asteroid", "speech separation", "asteroid.models:DPRNNTasNet", {"n_src": 2}, (1, 16000)),
    (
        "speechbrain",
        "speaker recognition",
        "speechbrain.lobes.models.ECAPA_TDNN:ECAPA_TDNN",
        {"input_size": 80},
        (1, 200, 80),
    ),
    (
        "speechbrain",
        "speaker recognition",
        "speechbrain.lobes.models.Xvector:Xvector",
        {"in_channels": 80},
        (1, 200, 80),
    ),
    ("demucs", "music separation", "demucs.demucs:Demucs", STEMS, (1, 2, 44100)),
    ("demucs", "music separation", "demucs.hdemucs:HDemucs", STEMS, (1, 2, 44100)),
    ("demucs", "music separation", "demucs.htdemucs:HTDemucs", STEMS, (1, 2, 343980)),
    (
        "encodec",
        "audio codec",
        "encodec:EncodecModel.encodec_model_24khz",
        PLAIN,
        (1, 1, 24000),
    ),
    *(
        (
            "dynamic_network_architectures",
            "segmentation",
            f"{MAKERS}:nnunet",
            {"name": name, "dims": dims},
            (1, 1, *(32,) * dims),
        )
        for name in ("PlainConvUNet", "ResidualEncoderUNet")
        for dims in (2, 3)
    ),
)
"""Models of packages that fewer have; of a package that is not installed there are none."""


class Model(NamedTuple):
    """One model: ``net`` and its options are what ``rfcalc analyze`` takes.

    ``native`` is the size of the input that its package names for it, cells per axis, ``None``
    where it names none.
    """

    package: str
    family: str
    task: str
    name: str
    net: str
    shapes: tuple[tuple[int, ...], ...] = ()
    kwargs: dict[str, Any] | None = None
    native: tuple[int, ...] | None = None

    @property
    def line(self) -> str:
        """The line of a list for ``rfcalc scan``."""
        words = [self.net]
        for shape in self.shapes:
            words += ["--input", ",".join(map(str, shape))]
        if self.kwargs:
            words += ["--kwargs", f"'{json.dumps(self.kwargs)}'"]
        return " ".join(words)


def models(folder: Path) -> list[Model]:
    """Return every model whose package is installed; those that are read as files are written.

    Names of files are relative to the folder.
    """
    found: list[Model] = []
    for maker in (_torchvision, _timm, _smp, _monai, _others, _zoo):
        found += maker()
    return [*found, *_onnx(folder), *_keras(folder)]


def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _torchvision() -> Iterator[Model]:
    if not _has("torchvision"):
        return
    from tests.importers.models.vision import torchvision

    declare_torchvision_operators()
    tasks = {
        "torchvision": "classification",
        "torchvision.segmentation": "segmentation",
        "torchvision.video": "video",
        "torchvision.flow": "optical flow",
    }
    for case in torchvision():
        given: dict[str, Any] = {"name": case.name}
        if case.family == "torchvision.segmentation":
            given["weights_backbone"] = None
        family = case.name.rstrip("0123456789_bn").split("_")[0]
        net = f"{MAKERS}:torchvision"
        task = tasks[case.family]
        native = _crop(case.name) if task == "classification" else None
        yield Model("torchvision", family, task, case.name, net, case.shapes, given, native)


def _crop(name: str) -> tuple[int, int] | None:
    """Return the size that torchvision's transforms cut pictures to, ``None`` where they do not."""
    weights: Any = import_module("torchvision.models").get_model_weights(name)
    cut = list(weights)[-1].transforms().crop_size
    return (cut[0], cut[-1])


def _timm() -> Iterator[Model]:
    if not _has("timm"):
        return
    declare_torchvision_operators()
    from timm.models import get_pretrained_cfg, list_models, list_modules

    from tests.importers.models.vision import LEFT_OUT, NEED_SIZE

    for module in list_modules():
        for name in () if module in LEFT_OUT - CONVOLVING else list_models(module=module):
            cfg = get_pretrained_cfg(name, allow_unregistered=True)
            shape = tuple(cfg.input_size) if cfg is not None else (3, 224, 224)
            fixed = (cfg is not None and cfg.fixed_input_size) or name.startswith("bat_")
            size = shape[-1] if fixed or module in NEED_SIZE else 128
            given: dict[str, Any] = {"name": name}
            if HEAVY.search(name):
                given["bare"] = True
            shapes = ((1, shape[0], size, size),)
            net = f"{MAKERS}:timm"
            native = shape[1:]
            yield Model("timm", module, "classification", name, net, shapes, given, native)


def _smp() -> Iterator[Model]:
    if not _has("segmentation_models_pytorch"):
        return
    declare_torchvision_operators()
    from tests.importers.models.segmentation import smp

    seen = set[str]()
    for case in smp():
        if case.name not in seen:
            seen.add(case.name)
            family, net = case.name.split("/")[0], f"{MAKERS}:smp"
            given = {"name": case.name}
            yield Model("smp", family, "segmentation", case.name, net, case.shapes, given)


def _monai() -> Iterator[Model]:
    if not _has("monai"):
        return
    from tests.importers.models.segmentation import monai

    for case in monai():
        given = {"name": case.name}
        net = f"{MAKERS}:monai"
        yield Model("monai", case.name, "medical images", case.name, net, case.shapes, given)


def _onnx(folder: Path) -> Iterator[Model]:
    """Yield the files that the onnx package carries."""
    if not _has("onnx"):
        return
    import onnx

    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    carried = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for path in sorted(carried.glob("*.onnx")):
        net = Path("onnx", path.name)
        if not (folder / net).exists():
            shutil.copyfile(path, folder / net)
        name, native = path.stem, (224, 224)
        yield Model("onnx", name, "classification", name, net.as_posix(), (), None, native)


def _others() -> Iterator[Model]:
    for package, task, net, given, shape in OTHERS:
        if _has(package):
            name = given.get("name", net.partition(":")[2])
            name = f"{name}-{given['dims']}d" if "dims" in given else name
            if not net.startswith(MAKERS):
                given, net = {"name": net, **given}, f"{MAKERS}:other"
            yield Model(package, name, task, name, net, (shape,), given)


def _zoo() -> Iterator[Model]:
    for name in zoo_names():
        native = load(f"zoo:{name}").input
        yield Model("zoo", name, "published", name, f"zoo:{name}", (), None, native)


def _keras(folder: Path) -> Iterator[Model]:
    """Yield Keras' models, each by its configuration; those that are there are not made again."""
    if not _has("keras"):
        return
    from tests.importers.keras_models import cases, keras

    (folder / "keras").mkdir(parents=True, exist_ok=True)
    for case in cases():
        net = Path("keras", f"{case.family}-{case.name}.json".replace("/", "-"))
        path = folder / net
        if not path.exists():
            with keras.device("meta" if case.family == "keras.applications" else "cpu"):
                text = case.build().to_json()
            half = path.with_suffix(".part")
            half.write_text(text)
            half.replace(path)
        task = "classification" if case.family == "keras.applications" else "examples"
        family = case.name.rstrip("0123456789")
        shapes = _keras_shapes(case.shapes)
        native = shapes[0][1:3] if task == "classification" else None
        yield Model("keras", family, task, case.name, net.as_posix(), shapes, None, native)


def _keras_shapes(shapes: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(shape) for shape in shapes)
