"""Which file may a command write, and in which format? One rule, asked before any work."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path

from rfcalc.errors import fail

__all__ = ["PLAIN", "RESULTS", "SUFFIXES", "settle", "unwritable"]

RESULTS: dict[str, tuple[str, ...]] = {
    "table": (),
    "json": (".json",),
    "csv": (".csv",),
    "markdown": (".md", ".markdown"),
    "latex": (".tex",),
}
"""The formats of results, the usual one first, and the suffixes that say them."""
SUFFIXES = tuple(suffix for suffixes in RESULTS.values() for suffix in suffixes)
"""The suffixes of all of them."""
PLAIN = ("", ".txt", ".log")
"""Suffixes of text, which say no format."""

Formats = Mapping[str, tuple[str, ...]]


def settle(command: Callable[..., None], writes: Formats) -> Callable[..., None]:
    """Return a command that is run once its output file is known to be of a format it writes.

    Parameters
    ----------
    writes : the formats, the usual one first, and the suffixes of each; where there are none, the
        command looks at its output file on its own.
    """
    signature = inspect.signature(command)
    if "output" not in signature.parameters or not writes:
        return command
    choice = "format" in signature.parameters

    def settled(output: str | None, format: str | None = None, **given: object) -> None:
        found = _format(output, format, writes, choice)
        command(output=output, **given, **({"format": found} if choice else {}))

    # What is not typed has no value, unlike what is.
    listed = [
        parameter.replace(default=None) if parameter.name == "format" else parameter
        for parameter in signature.parameters.values()
    ]
    settled.__signature__ = signature.replace(parameters=listed)  # pyright: ignore[reportFunctionMemberAccess]
    settled.__annotations__ = {p.name: p.annotation for p in listed}
    return settled


def unwritable(path: str, suffixes: tuple[str, ...], fact: str = "") -> Exception:
    """Return the error of a file whose suffix a command does not write, to be raised."""
    suffix = Path(path).suffix
    fact = fact or (f"no format '{suffix}'" if suffix else f"'{path}' has no suffix")
    return fail("RF408", fact, f"the suffix says the format: {', '.join(suffixes)}")


def _format(path: str | None, typed: str | None, writes: Formats, choice: bool) -> str:
    """Return the format that is typed, that the file's suffix says, or the usual one.

    Raises
    ------
    RfcalcError
        RF408: a suffix of no format or of another than the one typed; RF407: as for ``target``.
    """
    usual = typed or next(iter(writes))
    if path is None:
        return usual
    from rfcalc.files import special, target

    said = {suffix: name for name, suffixes in writes.items() for suffix in suffixes}
    suffix = Path(path).suffix.lower()
    if suffix not in said and not (suffix in PLAIN and (choice or special(Path(path)))):
        plain = ("; .txt, .log or none: what --format says",) if choice else ()
        raise unwritable(path, ("".join((", ".join(said), *plain, _elsewhere(path))),))
    found = said.get(suffix, usual)
    if typed is not None and found != typed:
        fact = f"--format is {typed}, and the suffix of '{path}' says {found}"
        raise fail("RF408", fact, f"omit --format, or write to {_named(path, writes[typed])}")
    target(path)
    return found


def _elsewhere(path: str) -> str:
    """Return which command writes a file that this one does not, if it is a picture or a page.

    >>> _elsewhere("fig.png"), _elsewhere("net.bmp")
    ('; a picture: rfcalc heatmap NET -o fig.png', '')
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".png", ".svg", ".pdf", ".eps", ".pgf", ".gif"):
        return f"; a picture: rfcalc heatmap NET -o {Path(path).name}"
    return f"; a page: rfcalc report NET -o {Path(path).name}" if suffix == ".html" else ""


def _named(path: str, suffixes: tuple[str, ...]) -> str:
    """Return a path whose suffix says the format, or none."""
    return str(Path(path).with_suffix(suffixes[0] if suffixes else ".txt"))
