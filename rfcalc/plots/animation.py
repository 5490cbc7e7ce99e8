"""How does the field grow? One frame per layer, as an animated GIF or PNG."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from rfcalc.network import Network
from rfcalc.plots.changing import changing
from rfcalc.plots.fields import What
from rfcalc.plots.fitting import fit
from rfcalc.plots.heatmap import LABELS, cuts, facts, panel
from rfcalc.plots.multiples import joint_scale, layer_fields
from rfcalc.plots.page import compose
from rfcalc.plots.saving import render
from rfcalc.plots.scale import Spread
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SUFFIXES", "animation"]

SUFFIXES = (".gif", ".apng")
FRAMES = 60
_PAUSE, _END = 700, 2500


def animation(
    network: Network,
    kind: str = "gif",
    *,
    what: What = "mask",
    layer: str | None = None,
    source: str | None = None,
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 110,
    size: float | None = None,
) -> bytes:
    """Return an animated ``gif`` or ``apng`` of the field, layer by layer, on one scale.

    Raises
    ------
    RfcalcError
        As for ``all_layers``.
    """
    import numpy as np
    from PIL import Image

    style = Style(dpi, size, cmap, title).checked()
    names, _ = changing(network, layer, source, FRAMES)
    fields = layer_fields(network, names, source, what)
    shared = joint_scale(fields, spread)
    frames = [found.frame for found in fields]
    step, zoom = fit(frames, style, 3 if len(frames[0]) == 3 else 1)
    shots: list[NDArray[np.uint8]] = []
    for name, found in zip(names, fields, strict=True):
        heading = [f"{title or network.name}: {name}", *facts(found, step)]
        panels = [panel(found, drawn) for drawn in cuts(found, step)]
        figure = compose(panels, heading, shared, LABELS[what], zoom, style)
        shots.append(np.asarray(Image.open(BytesIO(render(figure, "png"))).convert("RGB")))
    high = max(shot.shape[0] for shot in shots)
    wide = max(shot.shape[1] for shot in shots)
    padded = [_padded(shot, high, wide) for shot in shots]
    images = [Image.fromarray(s) if kind == "apng" else _indexed(s) for s in padded]
    pauses = [_PAUSE] * (len(images) - 1) + [_END]
    buffer = BytesIO()
    options: dict[str, Any] = {"save_all": True, "append_images": images[1:], "loop": 0}
    if kind == "gif":
        # Frames are whole pictures: what another frame had must not shine through.
        options |= {"disposal": 1, "optimize": False}
    images[0].save(buffer, format="GIF" if kind == "gif" else "PNG", duration=pauses, **options)
    return buffer.getvalue()


def _padded(shot: "NDArray[np.uint8]", high: int, wide: int) -> "NDArray[np.uint8]":
    import numpy as np

    page = np.full((high, wide, 3), 255, np.uint8)
    page[: shot.shape[0], : shot.shape[1]] = shot
    return page


def _indexed(shot: "NDArray[np.uint8]") -> Any:
    """Return a picture with its 256 most frequent colours; the others take the nearest of them.

    Cells are large areas of one colour, so theirs stay exact; the edges of letters may not.
    """
    import numpy as np
    from PIL import Image

    packed = shot.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colours, index, counts = np.unique(packed, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    kept = colours[order[:256]]
    table = np.stack([kept >> 16, kept >> 8 & 255, kept & 255], axis=1).astype(np.int64)
    every = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int64)
    nearest = ((every[:, None] - table[None]) ** 2).sum(axis=2).argmin(axis=1)
    image = Image.fromarray(nearest[index].reshape(packed.shape).astype(np.uint8), "P")
    image.putpalette(table.astype(np.uint8).tobytes())
    return image
