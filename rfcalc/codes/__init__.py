"""What does each diagnostic and finding mean, and how is it cured? A file for every hundred."""

from rfcalc.codes.code import Code
from rfcalc.codes.files import FILES
from rfcalc.codes.findings import FINDINGS
from rfcalc.codes.gates import GATES
from rfcalc.codes.graphs import GRAPHS
from rfcalc.codes.models import MODELS
from rfcalc.codes.questions import QUESTIONS
from rfcalc.codes.sizes import SIZES

__all__ = ["CODES", "Code"]

CODES: dict[str, Code] = {
    **FILES,
    **GRAPHS,
    **SIZES,
    **QUESTIONS,
    **MODELS,
    **FINDINGS,
    **GATES,
}
"""Every code, in order."""
