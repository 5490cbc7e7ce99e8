"""How is an error told that the model's own code raised?"""

import traceback
from pathlib import Path

from rfcalc.errors import RfcalcError, fail

__all__ = ["outside", "theirs"]

_RFCALC = Path(__file__).parents[2]


def theirs(
    who: str,
    fault: BaseException,
    help: str = "this comes from the model's own code, not from rfcalc",
) -> RfcalcError:
    """Return the error of code that is not rfcalc's: what it raised, and where.

    The place is the innermost one outside rfcalc, PyTorch and Python itself; where there is
    none, as when a factory is called with a keyword that it does not take, none is named.
    """
    line = next((text for text in str(fault).splitlines() if text.strip()), "")
    frames = [f for f in traceback.extract_tb(fault.__traceback__) if outside(f.filename)]
    at = frames[-1] if frames else None
    place = f" ({Path(at.filename).name}:{at.lineno}, in {at.name})" if at else ""
    raised = f"{type(fault).__name__}: {line}" if line else type(fault).__name__
    return fail("RF507", f"{who} raised {raised}{place}", help)


def outside(filename: str) -> bool:
    """Whether a file is neither rfcalc's nor PyTorch's nor a part of Python."""
    import torch

    folders = (_RFCALC, Path(str(torch.__file__)).parent)
    return not filename.startswith("<frozen") and not any(
        Path(filename).is_relative_to(folder) for folder in folders
    )
