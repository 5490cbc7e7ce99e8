"""What came of comparing masks and path counts with a run? Checks, refutations, the verdict."""

import msgspec

from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["LIMITS", "Check", "Difference", "Found", "Refutation", "Verification"]

LIMITS = ("RF305", "RF409")
"""Codes by which a mask is declined, not wrong."""


class Difference(msgspec.Struct, frozen=True):
    """One cell of the source: what rfcalc says, and what the backend finds."""

    cell: tuple[int, ...]
    expected: int
    found: int


class Refutation(msgspec.Struct, frozen=True):
    """Where rfcalc and the backend disagree.

    ``what`` : the ``size`` of a layer's output, the ``paths`` to it, its ``mask`` against the
    support of the backend's counts, or an impulse that the output should notice (``inside``) or
    should not (``hole``, ``outside``, and ``flood`` for all cells outside the mask at once); of all
    outputs of a deep network's layer the ``sums`` of path counts, weighed at random, and which of
    them a cell of the source ``reached``, with the first output that differs as position; in
    PyTorch the ``mask`` against the support of the gradient, and ``contained``: the gradient of
    the module as it stands has to lie inside the mask.
    ``cells`` : number of cells that differ; the first are in ``differences``, for a size with
    the axis in place of the cell, for a flood none. For ``sums`` and ``reached`` the number of
    outputs. ``source`` : what it was compared from, empty for the source of all.
    """

    layer: str
    position: tuple[int, ...]
    what: str
    cells: int
    differences: tuple[Difference, ...]
    source: str = ""


class Check(msgspec.Struct, frozen=True):
    """One output of one layer, compared.

    ``kind`` : ``corner`` of the layer's grid, ``border`` where padding cuts the mask, ``every`` for
    all outputs of a deep network's layer at once, without position or cells, else ``interior``.
    ``cells`` in the mask; ``inside``, ``holes``, ``outside`` : impulses tried one at a time;
    ``flooded`` : cells outside the mask that were made positive all at once. ``paths``, ``mask``,
    ``impulses``, ``contained`` : whether they agreed, ``None`` for what this backend does not
    compare. ``source`` : a layer that this one reads and was compared from, empty for the source
    of all.
    """

    layer: str
    kind: str
    position: tuple[int, ...]
    cells: int
    paths: bool | None
    mask: bool | None
    inside: int
    holes: int
    outside: int
    flooded: int
    impulses: bool | None
    source: str = ""
    contained: bool | None = None

    @property
    def ok(self) -> bool:
        """Whether everything agreed."""
        return False not in (self.paths, self.mask, self.impulses, self.contained)


class Verification(msgspec.Struct, AsPage, AsTable, frozen=True):
    """Every comparison made, layer by layer.

    ``skipped`` : layers that rfcalc itself declined to answer for, each with the reason.
    ``exact`` : nothing was skipped or taken for granted in the network.
    ``backend`` : what ran the network; ``notes`` : how it was run. ``layouts`` : per input of a
    model a letter for each of its dimensions.
    """

    network: str
    source: str
    input: tuple[int, ...]
    checks: tuple[Check, ...]
    refutations: tuple[Refutation, ...]
    skipped: tuple[tuple[str, str], ...]
    exact: bool
    assumed: tuple[str, ...]
    backend: str = "numpy"
    notes: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was refuted."""
        return not self.refutations

    def __repr__(self) -> str:
        found = f"checks={len(self.checks)}, refutations={len(self.refutations)}"
        return brief(f"Verification({self.network[:60]!r}, backend={self.backend!r}, {found})")


class Found(msgspec.Struct, eq=False):
    """What has come of the comparisons so far."""

    checks: list[Check]
    refuted: list[Refutation]
    skipped: dict[str, str]
