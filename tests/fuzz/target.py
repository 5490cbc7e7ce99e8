"""What is a target of fuzzing? What runs an input, how inputs are changed, where they lie."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.mutation import Mutator, mutate_bytes

__all__ = ["CORPUS", "FOUND", "Target", "folder", "refusals", "text_of"]

CORPUS = Path(__file__).with_name("corpus")
FOUND = Path(__file__).with_name("found")


class Target:
    """One entry: what runs an input, how an input is changed, what it imports."""

    def __init__(
        self,
        run: Callable[[bytes], None],
        change: Mutator | None = None,
        words: Sequence[str] = (),
        seeds: Sequence[bytes] = (),
        needs: str = "rfcalc",
    ) -> None:
        self.run = run
        self.words = [word.encode() for word in words]
        self.change = change
        self.seeds = seeds
        self.needs = needs

    def mutate(self, data: bytes, random: Random) -> bytes:
        """Return an input made from another."""
        return (self.change or (lambda d, r: mutate_bytes(d, r, self.words)))(data, random)


@cache
def folder() -> Path:
    """Return the folder of this process, in memory where there is such a place."""
    memory = Path("/dev/shm")
    found = tempfile.mkdtemp(prefix="rfcalc-fuzz-", dir=memory if memory.is_dir() else None)
    import atexit

    atexit.register(shutil.rmtree, found, ignore_errors=True)
    return Path(found)


def refusals(call: Callable[[], Any]) -> tuple[Any, tuple[Any, ...]]:
    """Return the answer, or the faults it was refused with, each well formed."""
    from rfcalc.codes import CODES
    from rfcalc.errors import RfcalcError

    try:
        return call(), ()
    except RfcalcError as caught:
        refused = caught
    assert refused.diagnostics, "refused without a reason"
    for fault in refused.diagnostics:
        assert fault.code in CODES, fault.code
        assert fault.message.strip(), fault.code
        if fault.at is not None:
            assert fault.at.line >= 1, fault.at
            assert 1 <= fault.at.column <= len(fault.at.text) + 1, fault.at
    # A space that does not break is none of Python's printable characters.
    said = str(refused).replace("\xa0", " ").split("\n")
    assert all(line.isprintable() for line in said), "steers the terminal"
    return None, refused.diagnostics


def text_of(data: bytes) -> str:
    """Return any bytes as a text."""
    return data.decode("utf-8", "replace")
