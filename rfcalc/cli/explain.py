"""Say what a diagnostic or finding means, and how to cure it."""

from typing import Annotated, Any, Optional

import typer

from rfcalc import __version__
from rfcalc.cli import options
from rfcalc.cli.output import show

NEEDS = False


def command(
    code: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(
            metavar="CODE|WORD",
            help="A code such as RF102 or RG101, or a word that its text holds; all when left out.",
        ),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.codes import CODES
    from rfcalc.errors import fail
    from rfcalc.render.document import Column, Document, Lines, Table
    from rfcalc.spelling import nearest

    data: dict[str, Any]
    found = _about(code)
    if code is None or found:
        rows = tuple((name, CODES[name].title) for name in found or CODES)
        columns = (Column("code", "left"), Column("meaning", "left"))
        data = {"rfcalc": __version__} | {n: CODES[n]._asdict() for n in found or CODES}
        parts: list[Table | Lines] = [Table("", columns, rows)]
        if code is not None and (told := _term(code)):
            parts.append(Lines("", (("info", f"help: {told}"),)))
        show(Document(tuple(parts), data), format, output, quiet)
        return
    name = code.upper()
    if name not in CODES:
        raise fail("RF406", f"there is no code '{code}'", _term(code) or nearest(name, list(CODES)))
    entry = CODES[name]
    part = Lines(f"{name}  {entry.title}", (("", entry.meaning), ("info", f"help: {entry.cure}")))
    if format == "csv":
        columns = tuple(Column(head) for head in ("code", "title", "meaning", "cure"))
        part = Table("", columns, ((name, entry.title, entry.meaning, entry.cure),))
    data = {"rfcalc": __version__, name: entry._asdict()}
    show(Document((part,), data), format, output, quiet)


_TERMS = {
    "kernel": "rfcalc analyze NET --derive writes out kernels, effective kernels and fields",
    "field": "rfcalc analyze NET has the field of each layer; --derive writes it out",
    "dilation": "rfcalc hdc-check 1,2,5 judges dilations; rfcalc design finds them",
    "stride": "rfcalc analyze NET --derive writes out how strides multiply the jump",
    "jump": "rfcalc analyze NET --derive writes out how strides multiply the jump",
    "padding": "rfcalc sizes NET has the share of outputs that see padding",
    "latency": "rfcalc stream NET",
    "look-ahead": "rfcalc stream NET",
    "causal": "rfcalc stream NET",
    "halo": "rfcalc tile NET",
    "overlap": "rfcalc tile NET",
    "effective receptive field": "rfcalc erf NET",
    "effective field": "rfcalc erf NET",
    "erf": "rfcalc erf NET",
    "rf": "rfcalc analyze NET has the field of each layer; --derive writes it out",
    "atrous": "rfcalc hdc-check 1,2,5 judges dilations; rfcalc design finds them",
}
"""Words of terms that no code is about, and what answers."""


def _term(words: str) -> str:
    """Return what to say of a term, which has no digits as codes have; the last word is the noun.

    >>> _term("effective kernel")
    'rfcalc analyze NET --derive writes out kernels, effective kernels and fields'
    """
    if any(sign.isdigit() for sign in words):
        return ""
    plain = " ".join(words.lower().split())
    held = [term for term in _TERMS if f" {plain}".endswith(f" {term}")]
    return _TERMS[max(held, key=len)] if held else ""


def _about(word: str | None) -> list[str]:
    """Return the codes whose text holds a word, those of findings first; none for a code."""
    from rfcalc.codes import CODES

    if word is None or word.upper() in CODES or len(word) < 3:
        return []
    root = word.lower().removesuffix("ing")
    texts = {name: " ".join(entry).lower() for name, entry in CODES.items()}
    found = [name for name, text in texts.items() if root in text or root in name.lower()]
    return sorted(found, key=lambda name: (not name.startswith("RG"), name))
