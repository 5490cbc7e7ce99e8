"""Is a dilation schedule HDC-valid? The published rules, and beside them the exact theorem."""

from collections.abc import Iterable, Sequence
from math import gcd
from operator import index

import msgspec

from rfcalc.arguments import integers
from rfcalc.cells import BITS_LIMIT, Cells
from rfcalc.errors import Diagnostic, RfcalcError
from rfcalc.hdc.chains import chain_cells, criterion, largest_gap, sublattices
from rfcalc.hdc.evenness import Evenness, evenness
from rfcalc.hdc.published import Group, ascents, group_of, warnings
from rfcalc.hdc.reasons import reasons
from rfcalc.parameters import expect
from rfcalc.shown import AsData, AsPage, brief

__all__ = ["LAYER_LIMIT", "HdcVerdict", "hdc_check"]

LAYER_LIMIT = 1 << 17


class HdcVerdict(msgspec.Struct, AsPage, AsData, frozen=True, kw_only=True):
    """The published rules, each with its value, beside the exact answer.

    ``steps`` are the effective steps ``e_i = d_i * jump_(i-1)`` in input cells, ``corrected``
    the gaps ``M'_1 .. M'_n`` over the ascending steps of the layers with ``k > 1``; ``M'_1`` is
    exactly the largest gap between sampled offsets. ``failing`` is the step that exceeds the
    field built by the smaller ones, ``first_missing`` the first offset that is not sampled.

    The rule on common factors has two readings: ``factor_holds``, ``published`` and ``ok`` take
    the gcd of each group, ``pairs_hold``, ``published_pairwise`` and ``strict`` the paper's own
    words, two dilations above 1 at a time.
    """

    dilations: tuple[int, ...]
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    steps: tuple[int, ...]
    groups: tuple[Group, ...]
    whole: Group
    sawtooth: bool
    corrected: tuple[int, ...]
    rf: int
    cells: int | None
    hole_free: bool
    largest_hole: int
    first_missing: int | None
    failing: int | None
    sublattices: int | None
    warnings: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def gap_holds(self) -> bool:
        """Whether every group has ``M_2 <= K``."""
        return all(group.gap_holds for group in self.groups)

    @property
    def factor_holds(self) -> bool:
        """Whether no group has a common factor, read as its gcd."""
        return all(group.factor_holds for group in self.groups)

    @property
    def pairs_hold(self) -> bool:
        """Whether in no group two dilations above 1 share a factor."""
        return all(group.pairs_hold for group in self.groups)

    @property
    def published(self) -> bool:
        """Whether all three published rules hold, the common factor read as a gcd."""
        return self.gap_holds and self.factor_holds and self.sawtooth

    @property
    def published_pairwise(self) -> bool:
        """Whether all three published rules hold, the common factor read pairwise."""
        return self.gap_holds and self.pairs_hold and self.sawtooth

    @property
    def ok(self) -> bool:
        """Whether the mask is exactly hole-free and the published rules hold too."""
        return self.hole_free and self.published

    @property
    def strict(self) -> bool:
        """The same as ``ok``, the common factor read pairwise."""
        return self.hole_free and self.published_pairwise

    @property
    def evenness(self) -> Evenness:
        """How evenly the paths fall on the cells of the field: counted, whatever the factors."""
        return evenness(_moves(self.steps, self.kernels))

    @property
    def sampled(self) -> Cells | None:
        """The sampled offsets from 0, ``None`` when they are too many to write out."""
        if self.rf > BITS_LIMIT and not self.hole_free:
            return None
        return chain_cells(self.steps, self.kernels)

    def __repr__(self) -> str:
        said = "hole-free" if self.hole_free else f"largest_hole={self.largest_hole}"
        rates = str(list(self.dilations))
        shown = rates if len(rates) < 80 else f"{rates[:77]}.."
        return brief(f"HdcVerdict({shown}, rf={self.rf}, {said})")


def hdc_check(
    dilations: Sequence[int] | str,
    kernel: int | Sequence[int] | str = 3,
    stride: int | Sequence[int] | str = 1,
) -> HdcVerdict:
    """Return what the HDC rules say of a schedule, and what is true of it.

    Parameters
    ----------
    dilations : one per layer, in order, as ``[1, 2, 5]`` or ``"1,2,5"``.
    kernel, stride : one for all layers, or one per layer.

    Raises
    ------
    RfcalcError
        RF410: no layer, a value that is not a positive integer, or lists of unequal length.

    Notes
    -----
    Source: Wang et al. 2018, *Understanding Convolution for Semantic Segmentation*, section
    3.2, for the rules; Brown 1961 for the criterion behind the exact verdict (theorem T1).

    Examples
    --------
    >>> hdc_check([1, 2, 9]).largest_hole, hdc_check([1, 2, 5]).ok
    (2, True)
    """
    expect(dilations=dilations, kernel=kernel, stride=stride)
    rates, kernels, strides = _checked(
        _listed("dilations", dilations), _listed("kernel", kernel), _listed("stride", stride)
    )
    steps: list[int] = []
    jump = 1
    for rate, s in zip(rates, strides, strict=True):
        steps.append(rate * jump)
        jump *= s
    moves = _moves(steps, kernels)
    field, largest, first, failing = criterion(moves)
    groups = tuple(group_of(rates[low:high], kernels[low]) for low, high in ascents(rates))
    sawtooth = any(g.rises for g in groups) and all(g.rises for g in groups if len(g.dilations) > 1)
    whole = group_of(rates, kernels[0])
    hole_free = failing is None
    cells = field if hole_free else None
    lattices: int | None = 1
    if not hole_free and field <= BITS_LIMIT:
        sampled = chain_cells(steps, kernels)
        cells, lattices = sampled.count, sublattices(sampled, jump)
    elif not hole_free:
        lattices = gcd(*(step for step, _ in moves)) if jump == 1 else None
    else:
        lattices = sublattices(Cells.run(0, field), jump)
    verdict = HdcVerdict(
        dilations=rates,
        kernels=kernels,
        strides=strides,
        steps=tuple(steps),
        groups=groups,
        whole=whole,
        sawtooth=sawtooth,
        corrected=largest_gap(moves),
        rf=field,
        cells=cells,
        hole_free=hole_free,
        largest_hole=largest,
        first_missing=first,
        failing=failing,
        sublattices=lattices,
        warnings=warnings(groups),
        reasons=(),
    )
    return msgspec.structs.replace(verdict, reasons=reasons(verdict))


def _moves(steps: Sequence[int], kernels: Sequence[int]) -> list[tuple[int, int]]:
    """Return the ascending steps of the layers that sample more than one cell."""
    return sorted((e, k) for e, k in zip(steps, kernels, strict=True) if k > 1)


def _listed(name: str, given: int | Sequence[int] | str) -> int | tuple[int, ...]:
    """Return the integers of a list or of its text, or the one integer."""
    if isinstance(given, str):
        found = integers(name, given) if given.strip() else ()
        return found[0] if len(found) == 1 and name != "dilations" else found
    if isinstance(given, Iterable):
        return tuple(map(_whole, given))
    return (_whole(given),) if name == "dilations" else _whole(given)


def _checked(
    dilations: int | Sequence[int], kernel: int | Sequence[int], stride: int | Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the three lists at equal length, or every fault in them."""
    faults: list[Diagnostic] = []
    dilations = (dilations,) if isinstance(dilations, int) else dilations
    count = len(dilations)
    if not 1 <= count <= LAYER_LIMIT:
        fact = f"the schedule has {count} layers" if count else "the schedule is empty"
        faults.append(Diagnostic("RF410", fact, "write the dilations in order, as in 1,2,5"))
    lists: list[tuple[int, ...]] = []
    for word, values, high in (
        ("dilation", dilations, 1 << 22),
        ("kernel", kernel, 1 << 16),
        ("stride", stride, 1 << 16),
    ):
        many = (values,) * count if isinstance(values, int) else tuple(values)
        if len(many) != count:
            fact = f"there are {len(many)} values of '{word}' for {count} dilations"
            faults.append(Diagnostic("RF410", fact, "give one for all layers, or one per layer"))
        for value in many:
            if not isinstance(value, int) or not 1 <= value <= high:  # pyright: ignore[reportUnnecessaryIsInstance]
                fact = f"'{word}' is {value!r}"
                faults.append(Diagnostic("RF410", fact, f"it takes an integer from 1 to {high:,}"))
                break
        lists.append(many)
    if faults:
        raise RfcalcError(faults)
    return lists[0], lists[1], lists[2]


def _whole(given: int) -> int:
    """Return an integer of any type as one; what is none as it is, for RF410 to name."""
    try:
        return index(given)
    except TypeError:
        return given
