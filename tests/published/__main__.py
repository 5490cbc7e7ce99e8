"""Hold every network of the zoo against every implementation of it: ``python -m tests.published``.

``--match REGEX`` takes some of the table in `tests/published/implementations.py`.
"""

# This is a program.
# ruff: noqa: T201
import argparse
import re
import sys
import time
import traceback
import warnings
from importlib.util import find_spec

from tests.importers.models import declare_torchvision_operators
from tests.published.holding import field, hold
from tests.published.implementations import IMPLEMENTATIONS, Implementation
from tests.published.namesakes import NAMESAKES, Namesake
from tests.published.packages import MODULES


def main() -> int:
    """Compare, tell one line each; 1 when one differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.published", description=__doc__)
    parser.add_argument("--match", default="")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    declare_torchvision_operators()
    wrong = 0
    for one in (*IMPLEMENTATIONS, *NAMESAKES):
        name = f"{one.zoo}-{one.package}"
        if not re.search(given.match, name):
            continue
        if find_spec(MODULES.get(one.package, one.package)) is None:
            print(f"{name:32} not compared: {one.package} is not installed")
            continue
        begun = time.perf_counter()
        said, equal = _compared(one)
        wrong += not equal
        print(f"{name:32} {said} [{time.perf_counter() - begun:.1f} s]", flush=True)
    print(f"{wrong} differ")
    return int(wrong > 0)


def _compared(one: Implementation | Namesake) -> tuple[str, bool]:
    """Return what came of one line of the table, and whether it is as the table says."""
    try:
        if isinstance(one, Implementation):
            return f"{hold(one)} fields equal", True
        found = field(one)
        return f"no implementation: {found} at {one.layer}, {one.why}", found == one.rf
    except Exception as fault:  # other people's code raises what it likes
        last = traceback.extract_tb(fault.__traceback__)[-1]
        place = f"{last.filename}:{last.lineno}"
        return f"DIFFERS: {type(fault).__name__} {str(fault)[:300]} ({place})", False


if __name__ == "__main__":
    sys.exit(main())
