"""What do the HDC rules, as published, say of a schedule?"""

from collections.abc import Sequence
from itertools import pairwise
from math import gcd

import msgspec

from rfcalc.hdc.factors import sharing

__all__ = ["Group", "ascents", "group_of", "published_gaps", "warnings"]


class Group(msgspec.Struct, frozen=True):
    """The published rules on one non-decreasing group of a schedule.

    ``gaps`` are ``M_1 .. M_n``; ``m2`` is ``None`` for a single layer, to which the rule on
    ``M_2`` does not speak. The rule on common factors has two readings: ``common_factor`` is the
    gcd of the group, ``pairs`` are dilations above 1 that share a factor two by two, the first
    eight of them.
    """

    dilations: tuple[int, ...]
    kernel: int
    gaps: tuple[int, ...]
    common_factor: int
    pairs: tuple[tuple[int, int], ...]

    @property
    def m2(self) -> int | None:
        """``M_2``, wanted to be at most the kernel."""
        return self.gaps[1] if len(self.gaps) > 1 else None

    @property
    def gap_holds(self) -> bool:
        """Whether ``M_2 <= K``."""
        return self.m2 is None or self.m2 <= self.kernel

    @property
    def factor_holds(self) -> bool:
        """Whether two or more layers have no common factor above 1, read as their gcd."""
        return len(self.dilations) < 2 or self.common_factor == 1

    @property
    def pairs_hold(self) -> bool:
        """Whether no two layers share a factor: the rule read pairwise, as the paper words it."""
        return not self.pairs

    @property
    def rises(self) -> bool:
        """Whether the last dilation is above the first."""
        return self.dilations[-1] > self.dilations[0]


def published_gaps(dilations: Sequence[int]) -> tuple[int, ...]:
    """Return ``M_1 .. M_n`` of the published rule, order and literal 2 as published.

    ``M_n = r_n``, ``M_i = max(M_(i+1) - 2 r_i, M_(i+1) - 2 (M_(i+1) - r_i), r_i)``.
    Source: Wang et al. 2018, equation 2.
    """
    gaps = [dilations[-1]]
    for rate in reversed(dilations[:-1]):
        last = gaps[-1]
        gaps.append(max(last - 2 * rate, last - 2 * (last - rate), rate))
    return tuple(reversed(gaps))


def ascents(rates: Sequence[int]) -> list[tuple[int, int]]:
    """Split at each descent; return the bounds of the non-decreasing groups."""
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(rates)) if b < a), len(rates)]
    return list(pairwise(cuts))


def group_of(rates: tuple[int, ...], kernel: int) -> Group:
    """Return the published rules on a schedule taken as one group."""
    return Group(rates, kernel, published_gaps(rates), gcd(*rates), sharing(rates))


def warnings(groups: Sequence[Group]) -> tuple[str, ...]:
    """Name the pairs that break the rule on common factors in one of its readings alone."""
    found: list[str] = []
    for group in groups:
        if group.factor_holds and not group.pairs_hold:
            shown = ", ".join(f"{a} and {b}" for a, b in group.pairs[:4])
            found.append(
                f"{shown} share a factor: the paper's words forbid that, the gcd allows it; "
                "neither reading is about holes or evenness"
            )
    return tuple(dict.fromkeys(found))
