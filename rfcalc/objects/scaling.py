"""By how much does an object grow or shrink where its image becomes the network's input?"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property

import msgspec

from rfcalc.arguments import INPUT_LIMIT, integers
from rfcalc.errors import by, fail

__all__ = ["Ratio", "Scaling", "scaling"]

Ratio = tuple[int, int]
"""A factor as numerator and denominator."""

_RULE = re.compile(r"(?:(stretch|letterbox|short):)?([0-9, x]+)")
_FORMS = "H,W (each axis on its own), letterbox:H,W (one factor for both) or short:N or short:N,MAX"


class Scaling(msgspec.Struct, frozen=True, dict=True):
    """How images become the input of the network.

    factors : one factor per axis, for every image.
    rule : ``"stretch"``, ``"letterbox"`` or ``"short"``, each to ``target``; empty for none.
    image : the size of images that do not tell their own.
    """

    factors: tuple[Fraction, ...]
    rule: str = ""
    target: tuple[int, ...] = ()
    image: tuple[int, ...] | None = None

    @cached_property
    def _known(self) -> dict[tuple[int, ...], tuple[Ratio, ...]]:
        return {}

    @property
    def needs_images(self) -> bool:
        """Whether the factors depend on the size of the image."""
        return self.rule != ""

    def ratios(self, image: tuple[int, ...] | None) -> tuple[Ratio, ...]:
        """Return the factor per axis for an image of this size, ``None`` where none is needed."""
        size = image or self.image
        if not self.rule or size is None:
            assert not self.rule
            return tuple((factor.numerator, factor.denominator) for factor in self.factors)
        if (known := self._known.get(size)) is None:
            known = self._known[size] = self._found(size)
        return known

    def _found(self, size: tuple[int, ...]) -> tuple[Ratio, ...]:
        if self.rule == "stretch":
            return tuple(zip(self.target, size, strict=True))
        if self.rule == "letterbox":
            each = [Fraction(to, n) for to, n in zip(self.target, size, strict=True)]
            factor = min(each)
        else:
            short, *most = self.target
            factor = min([Fraction(short, min(size)), *(Fraction(end, max(size)) for end in most)])
        return ((factor.numerator, factor.denominator),) * len(size)

    def __str__(self) -> str:
        if self.rule == "stretch":
            return f"images stretched to {by(self.target)}"
        if self.rule == "letterbox":
            return f"images scaled into {by(self.target)}"
        if self.rule:
            most = f", the longer to at most {self.target[1]}" if self.target[1:] else ""
            return f"the shorter side of images scaled to {self.target[0]}{most}"
        if set(self.factors) == {Fraction(1)}:
            return ""
        alike = len(set(self.factors)) == 1
        told = [f"{float(factor):g}" for factor in self.factors[: 1 if alike else None]]
        return f"sides times {by(told)}"


def scaling(
    dims: int,
    scale: str | float | Decimal | Fraction | Sequence[float] | None = None,
    resize: str | Sequence[int] | None = None,
    image: str | Sequence[int] | None = None,
) -> Scaling:
    """Return how images become the input of a network of so many axes.

    Parameters
    ----------
    scale : factor of all sides, or one per axis.
    resize : ``"512,512"`` or ``(512, 512)`` stretches each axis on its own, ``"letterbox:640,640"``
        scales by the largest factor with which the image fits, ``"short:800,1333"`` the shorter
        side to 800 unless the longer would exceed 1333.
    image : the size of images whose labels do not tell it.

    Raises
    ------
    RfcalcError
        RF406: a value that is none of these, or two that exclude each other.
    """
    size = None if image is None else _size("image", image, dims)
    if resize is None:
        return Scaling(_factors(scale, dims), image=size)
    if scale is not None:
        raise fail("RF406", "scale and resize are given together", "omit one of them")
    one = (Fraction(1),) * dims
    if not isinstance(resize, str):
        return Scaling(one, "stretch", _size("resize", resize, dims), size)
    found = _RULE.fullmatch(resize.strip())
    if found is None:
        raise fail("RF406", f"resize is '{resize}'", f"write {_FORMS}")
    rule = found[1] or "stretch"
    if rule != "short":
        return Scaling(one, rule, _size("resize", found[2], dims), size)
    ends = integers("resize", found[2])
    if (
        len(ends) > 2
        or list(ends) != sorted(ends)
        or not 1 <= min(ends) <= max(ends) <= INPUT_LIMIT
    ):
        fact = f"resize is '{resize}'"
        raise fail("RF406", fact, "write the shorter side, and the longest allowed: short:800,1333")
    return Scaling(one, rule, ends, size)


def _size(name: str, given: str | Sequence[int], dims: int) -> tuple[int, ...]:
    """Return a size per axis."""
    size = integers(name, given) if isinstance(given, str) else tuple(given)
    if len(size) != dims or not all(1 <= n <= INPUT_LIMIT for n in size):
        fact = f"{name} is {by(size)}, and the network has {dims} axes"
        raise fail("RF406", fact, f"give one size per axis, from 1 to {INPUT_LIMIT:,}")
    return size


def _factors(
    scale: str | float | Decimal | Fraction | Sequence[float] | None, dims: int
) -> tuple[Fraction, ...]:
    """Return one factor per axis."""
    if scale is None:
        return (Fraction(1),) * dims
    parts = scale.split(",") if isinstance(scale, str) else scale
    each = list(parts) if isinstance(parts, Sequence) else [parts]
    found: list[Fraction] = []
    for one in each:
        try:
            value = one if isinstance(one, Fraction) else Decimal(str(one).strip())
        except InvalidOperation:
            value = Decimal("nan")
        if isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) <= 9):
            value = Fraction(0)
        if value <= 0:
            raise fail("RF406", f"scale is '{scale}'", "write a factor above 0, or one per axis")
        found.append(Fraction(value))
    if len(found) not in (1, dims):
        fact = f"scale has {len(found)} factors, and the network {dims} axes"
        raise fail("RF406", fact, "give one for all axes, or one per axis")
    return tuple(found) if len(found) == dims else (found[0],) * dims
