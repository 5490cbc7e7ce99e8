"""At which inputs is a model measured? At images from files, or at noise where there are none."""

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import by, fail
from rfcalc.packages import package

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.floating]
else:
    Array = object

__all__ = ["Images", "Noise"]

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
"""Files that Pillow reads."""
ARRAYS = (".npy",)
"""Files of NumPy that hold an input as it is."""
_WINDOWED = 2
"""Axes of a picture."""


class Noise(msgspec.Struct, frozen=True):
    """Standard normal numbers, the same for the same number of a sample."""

    shapes: tuple[tuple[int, ...], ...]
    seed: int = 0

    @property
    def said(self) -> str:
        """A description of the inputs."""
        return f"inputs are standard normal noise (seed {self.seed}), for want of images"

    def sample(self, number: int) -> tuple[Array, ...]:
        """Return the arrays of one sample, float32."""
        import numpy as np

        generator = np.random.default_rng((self.seed, number))
        return tuple(generator.standard_normal(s, dtype=np.float32) for s in self.shapes)


class Images(msgspec.Struct, frozen=True):
    """Pictures and arrays from files, cut to the size of an input.

    paths : the files, in order.
    shape, layout : of the input, ``N`` batch, ``C`` channels, other letters axes.
    resize : the shorter side is brought to so many pixels first, ``None`` leaves it.
    crop : which part is taken: the middle, or one at random, the same for the same seed.
    mean, std : per channel, in units of 0 .. 1.
    """

    paths: tuple[Path, ...]
    shape: tuple[int, ...]
    layout: str
    resize: int | None = None
    crop: str = "center"
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    seed: int = 0

    @staticmethod
    def listed(where: str | Path) -> tuple[Path, ...]:
        """Return the files of a folder, or those that a pattern with ``*`` names, in order.

        Raises
        ------
        RfcalcError
            RF455: there is none.
        """
        folder = Path(where)
        found = (
            sorted(folder.iterdir())
            if folder.is_dir()
            else sorted(map(Path, glob.glob(str(where), recursive=True)))
        )
        known = tuple(p for p in found if p.suffix.lower() in PICTURES + ARRAYS and p.is_file())
        if not known:
            kind = "the folder" if folder.is_dir() else "the pattern"
            others = f", but {len(found)} other files" if found else ""
            fact = f"{kind} '{where}' has no images{others}"
            raise fail("RF455", fact, f"images end in {', '.join(PICTURES + ARRAYS)}")
        return known

    @property
    def said(self) -> str:
        """What was assumed about the inputs, empty for nothing."""
        pictures = any(path.suffix.lower() in PICTURES for path in self.paths)
        if pictures and self.mean is None and self.std is None:
            return "images are given as numbers from 0 to 1, without `mean=` and `std=`"
        return ""

    def sample(self, number: int) -> tuple[Array, ...]:
        """Return the array of one sample, float32, in the shape of the input.

        Raises
        ------
        RfcalcError
            RF455: the file cannot be read, is too small, or has other channels or axes.
        """
        path = self.paths[number % len(self.paths)]
        axes = [d for d, letter in enumerate(self.layout) if letter not in "NC"]
        channels = [d for d, letter in enumerate(self.layout) if letter == "C"]
        size = [self.shape[d] for d in axes]
        wanted = self.shape[channels[0]] if len(channels) == 1 else None
        if path.suffix.lower() in ARRAYS:
            return (self._array(path),)
        if len(axes) != _WINDOWED or (wanted is None and channels):
            fact = f"'{path}' is a picture, and an input has the layout {self.layout}"
            raise fail("RF455", fact, f"give arrays of shape {by(self.shape)} as .npy files")
        values = self._cut(self._picture(path, wanted or 1), size, path, number)
        order = [*axes, *channels]
        found = values if channels else values[..., 0]
        held = [d for d in range(len(self.shape)) if d in order]
        turned: Array = found.transpose([order.index(d) for d in held])
        return (turned.reshape(self.shape),)

    def _picture(self, path: Path, channels: int) -> Array:
        """Return a picture as float32 from 0 to 1, shape (height, width, channels), normalised."""
        import numpy as np

        image = package("PIL.Image", "reading images needs Pillow", "pillow")
        modes = {1: "L", 3: "RGB", 4: "RGBA"}
        if channels not in modes:
            fact = f"'{path}' is a picture, and the model takes {channels} channels"
            raise fail("RF455", fact, f"give arrays of shape {by(self.shape)} as .npy files")
        try:
            with image.open(path) as held:
                picture = held.convert(modes[channels])
                if self.resize is not None:
                    wide, tall = picture.size
                    scale = self.resize / min(wide, tall)
                    sides = max(1, round(wide * scale)), max(1, round(tall * scale))
                    picture = picture.resize(sides, image.Resampling.BILINEAR)
                values = np.asarray(picture, np.float32) / 255
        except Exception as fault:
            # Pillow raises anything on bytes that are no picture, or one too large to be meant.
            fact = f"cannot read the image '{path}': {fault}"
            raise fail("RF455", fact, "take it out of the folder") from None
        values = values.reshape(*values.shape[:2], channels)
        for words, given in (("`mean=`", self.mean), ("`std=`", self.std)):
            if given is not None and len(given) not in (1, channels):
                fact = f"{words} has {len(given)} values for {channels} channels"
                raise fail("RF455", fact, "give one per channel, or one for all")
        low, spread = np.array(self.mean or (0.0,)), np.array(self.std or (1.0,))
        return ((values - low) / spread).astype(np.float32)

    def _cut(self, values: Array, size: Sequence[int], path: Path, number: int) -> Array:
        """Return the part of a picture that is of an input's size."""
        import numpy as np

        room = [int(have) - need for have, need in zip(values.shape, size, strict=False)]
        if min(room) < 0:
            fact = (
                f"the image '{path}' is {by(values.shape[:2])}, smaller than the input, {by(size)}"
            )
            raise fail("RF455", fact, "enlarge it with `resize=`, or give a smaller `input=`")
        if self.crop == "random":
            generator = np.random.default_rng((self.seed, number))
            low = [int(generator.integers(n + 1)) for n in room]
        else:
            low = [n // 2 for n in room]
        return values[low[0] : low[0] + size[0], low[1] : low[1] + size[1]]

    def _array(self, path: Path) -> Array:
        """Return an array of the input's shape, with or without its batch."""
        import numpy as np

        try:
            with path.open("rb") as file, np.errstate(all="ignore"):
                found = np.lib.format.read_array(file, allow_pickle=False).astype(np.float32)
        except Exception as fault:
            # NumPy raises anything on bytes that are no array.
            reason = str(fault).partition("\n")[0]
            fact = f"cannot read the array '{path}': {reason}"
            raise fail("RF455", fact, "write it with numpy.save") from None
        if found.shape not in (self.shape, self.shape[1:]):
            fact = f"the array '{path}' is {by(found.shape)}, and the input {by(self.shape)}"
            raise fail("RF455", fact, "cut it to that shape, or give its own: `input=`")
        return found.reshape(self.shape)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)
