"""How do the tools that run networks by windows call the same numbers? One entry per tool."""

from math import floor
from typing import Any

import msgspec

from rfcalc.errors import ImpossibleSize
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo
from rfcalc.tiling.setting import Setting

__all__ = ["TOOLS", "Words", "words"]

TOOLS = "MONAI", "nnU-Net", "Real-ESRGAN", "dask"


class Words(msgspec.Struct, frozen=True):
    """The numbers in the words of one tool.

    values : by the tool's own names; ``None`` where it cannot run this network by windows.
    text : the same as it is typed, or the reason.
    blends : whether the tool averages windows where they overlap, so that cells near the edges of
        a window, which lack a part of their field, count too: its result is near the whole's.
    """

    tool: str
    values: dict[str, Any] | None
    text: str
    blends: bool = False


def words(moving: Grids, around: Halo, chosen: Setting) -> tuple[Words, ...]:
    """Return the numbers of a setting in the words of tools.

    Source: MONAI ``sliding_window_inference``, nnU-Net ``nnUNetPredictor``, Real-ESRGAN
    ``RealESRGANer``, dask ``map_overlap``.
    """
    reason = _unfit(moving, chosen)
    if reason:
        return tuple(Words(tool, None, reason) for tool in TOOLS)
    return (
        _monai(chosen),
        _nnunet(moving, chosen),
        _realesrgan(moving, around, chosen),
        _dask(moving, around),
    )


def _unfit(moving: Grids, chosen: Setting) -> str:
    """Return why no tool that lays windows side by side can run a network, empty if some can."""
    if any(moving.causes):
        return "an axis is read without end; rfcalc.tiling.run runs it"
    for axis, window in enumerate(chosen.window):
        assert window is not None
        try:
            outputs = moving.sizes(window, axis)
        except ImpossibleSize:  # pragma: no cover - windows are sizes that the network takes
            return "the network does not take its windows"
        if any(moving.jumps[t][axis] * outputs[t] != window for t in moving.targets):
            return "outputs are not as many as inputs by the jump; rfcalc.tiling.run runs it"
    return ""


def _monai(chosen: Setting) -> Words:
    values = {"roi_size": list(chosen.window), "overlap": list(chosen.ratio)}
    text = f"roi_size={tuple(chosen.window)}, overlap={tuple(chosen.ratio)}"
    return Words("MONAI", values, text, blends=True)


def _nnunet(moving: Grids, chosen: Setting) -> Words:
    if moving.network.dims == 1:
        return Words("nnU-Net", None, "it runs networks on images and volumes")
    if any(jump != 1 for jump in moving.jump):
        return Words("nnU-Net", None, "its networks have an output per input cell")
    pairs = zip(chosen.window, chosen.stride, strict=True)
    step = min(_step(w, s) for w, s in pairs if w is not None and s is not None)
    values = {"patch_size": list(chosen.window), "tile_step_size": step}
    text = f"patch_size {list(chosen.window)}, tile_step_size={step!r}"
    return Words("nnU-Net", values, text, blends=True)


def _step(window: int, stride: int) -> float:
    """Return a stride as a share of the window that is not above it, in few digits.

    Steps are spread evenly and then rounded: with a share above it, some are a cell longer.
    """
    for digits in range(2, 15):
        step = floor(stride / window * 10**digits) / 10**digits
        if stride - 1 < window * step <= stride:
            return step
    return stride / window


def _realesrgan(moving: Grids, around: Halo, chosen: Setting) -> Words:
    jump = moving.jump[0]
    if moving.network.dims != 2 or jump.numerator != 1 or moving.jump[1] != jump:
        return Words("Real-ESRGAN", None, "it runs networks on images that scale them up")
    pad = max(max(sides) for sides in around.cut)
    tile = min(stride for stride in chosen.stride if stride is not None)
    step = max(around.alignment)
    if any(step % one for one in around.alignment) or tile % step or pad % step:
        return Words("Real-ESRGAN", None, "its tiles are squares, and the alignments differ")
    return Words("Real-ESRGAN", {"tile": tile, "tile_pad": pad}, f"tile={tile}, tile_pad={pad}")


def _dask(moving: Grids, around: Halo) -> Words:
    if any(jump != 1 for jump in moving.jump):
        return Words("dask", None, "an output is not an input cell; rfcalc.tiling.run runs it")
    depth = dict(enumerate(around.cut))
    values = {"depth": [list(sides) for sides in around.cut], "boundary": "none"}
    chunks = ", ".join(map(str, around.alignment))
    text = f'map_overlap(depth={depth}, boundary="none"), chunks in multiples of {chunks}'
    return Words("dask", values, text)
