"""Which steps of a program lie inside a submodule, and what enters and leaves it?"""

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from rfcalc.errors import fail
from rfcalc.spelling import nearest

__all__ = ["Part", "needed", "part"]


class Step(Protocol):
    """A step of a program: the modules around it, and the names of what it reads and gives."""

    @property
    def stack(self) -> Sequence[tuple[str, str]]:
        """The module path and class around the step, outermost first."""
        ...

    @property
    def refs(self) -> Sequence[str]:
        """What the step reads, in order."""
        ...

    @property
    def outputs(self) -> Sequence[str | None]:
        """What the step gives; ``None`` or ``""`` where nobody can use it."""
        ...


S = TypeVar("S", bound=Step)


class Part(NamedTuple, Generic[S]):
    """The steps inside a submodule and the others, and the values at the border, in order.

    ``inputs`` are read inside and made elsewhere, be it before the part or as constants;
    ``outputs`` are made inside and read outside.
    """

    inside: list[S]
    outside: list[S]
    inputs: list[str]
    outputs: list[str]


def part(
    steps: Sequence[S], ends: Sequence[str], submodule: str, what: str, pathless: str = ""
) -> Part[S]:
    """Return the part of a program that a module path names.

    Parameters
    ----------
    ends : the outputs of the whole program.
    what : the word for the whole in the error.
    pathless : the help where no step has a module path.

    Raises
    ------
    RfcalcError
        RF510: no step lies inside a submodule of that path.
    """
    inside: list[S] = []
    outside: list[S] = []
    for step in steps:
        (inside if _within(step, submodule) else outside).append(step)
    if not inside or not submodule:
        known = dict.fromkeys(path for step in steps for path, _ in step.stack if path)
        help = nearest(submodule, list(known)) or pathless
        raise fail("RF510", f"the {what} has no submodule '{submodule}'", help)
    own = dict.fromkeys(name for step in inside for name in step.outputs if name)
    after = {name for step in outside for name in step.refs} | set(ends)
    read = dict.fromkeys(name for step in inside for name in step.refs if name not in own)
    return Part(inside, outside, list(read), [name for name in own if name in after])


def _within(step: Step, submodule: str) -> bool:
    return any(path == submodule or path.startswith(f"{submodule}.") for path, _ in step.stack)


def needed(steps: Sequence[S], wanted: Iterable[str]) -> list[S]:
    """Return the steps on which some values depend, in order: nobody reads what others give."""
    names: set[str | None] = {*wanted}
    found: list[S] = []
    for step in reversed(steps):
        if not names.isdisjoint(step.outputs):
            found.append(step)
            names.update(step.refs)
    return found[::-1]
