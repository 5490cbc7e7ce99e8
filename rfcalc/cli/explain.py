"""Say what a diagnostic or finding means, and how to cure it."""

import re
from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show

NEEDS = False


def command(
    words: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(
            metavar="CODE|WORD",
            help="A code such as RF102 or RG101, or a word that its text holds; all when left out.",
        ),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.errors import RfcalcError, fail
    from rfcalc.library.meanings import explain
    from rfcalc.render.explanation import explanation_document, meanings_document

    code = " ".join(words or ()) or None
    try:
        found = explain(code)
    except RfcalcError as fault:
        (told,) = fault.diagnostics
        raise fail("RF406", told.message, _term(code or "") or told.help) from None
    if found.single:
        document = explanation_document(found.code, format == "csv")
    else:
        document = meanings_document([one.code for one in found], _term(code or ""))
    show(document, format, output, quiet)


_TERMS = {
    "kernel": "rfcalc analyze NET --derive writes out kernels, effective kernels and fields",
    "field": "rfcalc analyze NET has the field of each layer; --derive writes it out",
    "dilation": "rfcalc hdc-check 1,2,5 judges dilations; rfcalc design finds them",
    "stride": "rfcalc analyze NET --derive writes out how strides multiply the jump",
    "hdc": "rfcalc hdc-check 1,2,5 has the published rules, M_2 <= K among them",
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
    "sawtooth": "rfcalc hdc-check 1,2,5 has the published rules, sawtooth among them",
    "density": "rfcalc analyze NET has it of each layer: cells sampled by cells of the box",
    "tile": "rfcalc tile NET",
    "atrous": "rfcalc hdc-check 1,2,5 judges dilations; rfcalc design finds them",
}
"""Words of terms that no code is about, and what answers."""


def _term(words: str) -> str:
    """Return what to say of a term, which has no digits as codes have; the last word is the noun.

    >>> _term("effective kernel")
    'rfcalc analyze NET --derive writes out kernels, effective kernels and fields'
    """
    plain = " ".join(words.lower().split())
    if re.match(r"m_?[0-9]|m'", plain):
        return _TERMS["hdc"]
    if any(sign.isdigit() for sign in words):
        return ""
    held = [term for term in _TERMS if f" {plain}".endswith(f" {term}")]
    return _TERMS[max(held, key=len)] if held else ""
