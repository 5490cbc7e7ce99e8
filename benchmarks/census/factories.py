"""How is a model of the census made? By its package's own function, without weights."""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

from tests.importers.models import declare_torchvision_operators

__all__ = ["monai", "nnunet", "other", "smp", "timm", "torchvision"]

READERS = ("cv2", "scipy", "soundfile", "torchaudio")
"""What packages import to read pictures and sounds, and to judge them; networks need none."""
GONE = "torchvision.transforms.functional_tensor"
"""What torchvision no longer has, and basicsr imports."""
FILLING = frozenset(
    (
        *("uniform_", "normal_", "trunc_normal_", "fill_", "zero_", "erfinv_"),
        *("mul_", "div_", "add_", "clamp_", "copy_"),
    )
)
"""Methods that write parameters where they are initialised."""


def torchvision(name: str, **given: Any) -> Any:
    """Return a model of torchvision by the name under which it is registered."""
    declare_torchvision_operators()
    from torchvision.models import get_model

    extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return get_model(name, weights=None, **given, **extra)


def timm(name: str, bare: bool = False) -> Any:
    """Return a model of timm; a bare one has parameters that nothing was written to.

    The system gives such memory out when it is written to: the largest take hardly any. What a
    model works out for itself, as masks and tables, it has all the same.
    """
    declare_torchvision_operators()
    from timm import create_model

    if not bare:
        return create_model(name, pretrained=False)
    return _bare(lambda: create_model(name, pretrained=False))


def _bare(build: Callable[[], Any]) -> Any:
    import torch
    from torch.overrides import TorchFunctionMode

    class Unfilled(TorchFunctionMode):
        """Leaves parameters as they are."""

        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            filling = getattr(func, "__name__", "") in FILLING
            if filling and args and isinstance(args[0], torch.nn.Parameter):
                return args[0]
            return func(*args, **(kwargs or {}))

    with Unfilled():
        return build()


def other(name: str, **given: Any) -> Any:
    """Return what ``package.module:Class`` makes; libraries that read files need not be there."""
    declare_torchvision_operators()
    sys.meta_path.append(_StandIns())
    place, _, path = name.partition(":")
    made: Any = importlib.import_module(place)
    for part in path.split("."):
        made = getattr(made, part)
    return made(**given)


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives an empty module for a reader that no one else finds, and for what is below it."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname.partition(".")[0] not in READERS and fullname != GONE:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> Any:
        return MagicMock(__spec__=spec, __path__=[], __version__="0")

    def exec_module(self, module: Any) -> None:
        pass


def smp(name: str) -> Any:
    """Return a model of segmentation-models-pytorch, ``decoder/encoder``."""
    declare_torchvision_operators()
    create_model: Any = importlib.import_module("segmentation_models_pytorch").create_model
    decoder, _, encoder = name.partition("/")
    extra = {"dynamic_img_size": False} if decoder == "dpt" else {}
    return create_model(decoder, encoder_name=encoder, encoder_weights=None, **extra)


def monai(name: str) -> Any:
    """Return a network of MONAI by its name in the list of the tests, which says its sizes."""
    declare_torchvision_operators()
    from tests.importers.models.segmentation import monai

    return next(case for case in monai() if case.name == name).build()


def nnunet(name: str, dims: int = 3) -> Any:
    """Return a U-Net of nnU-Net with the sizes of its default plans."""
    from torch import nn

    unet: Any = importlib.import_module("dynamic_network_architectures.architectures.unet")

    conv = {2: nn.Conv2d, 3: nn.Conv3d}[dims]
    norm = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}[dims]
    blocks = {"n_blocks_per_stage": 2} if "Residual" in name else {"n_conv_per_stage": 2}
    return getattr(unet, name)(
        input_channels=1,
        n_stages=5,
        features_per_stage=(8, 16, 32, 64, 64),
        conv_op=conv,
        kernel_sizes=3,
        strides=(1, 2, 2, 2, 2),
        num_classes=2,
        n_conv_per_stage_decoder=2,
        conv_bias=True,
        norm_op=norm,
        nonlin=nn.LeakyReLU,
        **blocks,
    )
