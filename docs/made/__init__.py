"""Which parts of the pages are made from the code? `<!-- made: NAME -->` stands for each."""

import re
from collections.abc import Callable

from .api import families, functions, types
from .codes import diagnostics, findings, gates
from .commands import commands
from .gallery import gallery
from .network_file import constructs, element_wise, operations
from .operators import operators
from .root import changelog, contributing
from .theorem_tests import theorem_tests

__all__ = ["MADE", "PLACE", "expanded"]

PLACE = re.compile(r"^<!-- made: ([a-z-]+) -->$", re.MULTILINE)

MADE: dict[str, Callable[[], str]] = {
    "changelog": changelog,
    "commands": commands,
    "constructs": constructs,
    "contributing": contributing,
    "diagnostics": diagnostics,
    "element-wise": element_wise,
    "families": families,
    "findings": findings,
    "functions": functions,
    "gallery": gallery,
    "gates": gates,
    "operations": operations,
    "operators": operators,
    "theorem-tests": theorem_tests,
    "types": types,
}
"""What each place is filled with, by name."""


def expanded(text: str) -> str:
    """Return a page with everything in it that is made from the code."""
    return PLACE.sub(lambda place: MADE[place[1]](), text)
