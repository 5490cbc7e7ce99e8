"""Which options set the gates of `check`? One for each row of their table."""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Optional

import typer

from rfcalc.cli import options
from rfcalc.gates import GATES, Gate

__all__ = ["Limits", "spread_gates"]

Limits = Mapping[str, Any]
"""What is typed for each gate, by its name; ``None`` for one that is not set.

A parameter of this type stands for the options of all gates in a command's signature.
"""

_KINDS: dict[str, tuple[Any, str | None]] = {
    "extent": (Optional[str], "N"),  # noqa: UP045 - typer reads the older spelling on every version
    "share": (Optional[float], "SHARE"),  # noqa: UP045
    "count": (Optional[str], "N"),  # noqa: UP045
    "flag": (bool, None),
}
"""What an option of each kind of gate takes, and what stands for it in the help."""


def spread_gates(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with its ``Limits`` parameter written out as options."""
    signature = inspect.signature(command)
    held = next(p for p in signature.parameters.values() if p.annotation is Limits)

    def spreading(**given: object) -> None:
        typed = {name: given.pop(_parameter(name)) for name in GATES}
        command(**given, **{held.name: {name: _limit(name, typed[name]) for name in GATES}})

    listed: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        one = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        listed += [_option(*row) for row in GATES.items()] if parameter is held else [one]
    # Who reads the signature and the annotations reads each for itself.
    spreading.__signature__ = signature.replace(parameters=listed)  # pyright: ignore[reportFunctionMemberAccess]
    spreading.__annotations__ = {p.name: p.annotation for p in listed}
    return spreading


def _parameter(name: str) -> str:
    return name.replace("-", "_")


def _option(name: str, gate: Gate) -> inspect.Parameter:
    """Return the option of a gate; one that is not typed has no value, a flag is off."""
    kind, metavar = _KINDS[gate.kind]
    option = typer.Option(f"--{name}", metavar=metavar, help=gate.held)
    default = False if gate.kind == "flag" else None
    return inspect.Parameter(
        _parameter(name),
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, option],
    )


def _limit(name: str, typed: Any) -> Any:
    """Return what is typed for a gate as its limit is read, ``None`` where it is not set."""
    if GATES[name].kind == "extent":
        return options.integers(_parameter(name), typed)
    return typed or None if GATES[name].kind == "flag" else typed
