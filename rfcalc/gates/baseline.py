"""Which failures were there before? A file of them, so that only new ones fail."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from rfcalc.errors import fail
from rfcalc.files import write
from rfcalc.gates import Failure

__all__ = ["Baseline", "Known", "read_baseline", "write_baseline"]

SIZE_LIMIT = 1 << 26
"""Largest file of known failures, in bytes."""


class Known(msgspec.Struct, frozen=True):
    """A failure as it is known again: its network, gate and layer, not its numbers."""

    net: str
    gate: str
    layer: str


class Baseline(msgspec.Struct):
    """The failures that are known; each excuses one of its kind."""

    left: Counter[Known]

    def take(self, net: str, failure: Failure) -> bool:
        """Whether a failure is known; it is then used up."""
        known = _known(net, failure)
        if not self.left[known]:
            return False
        self.left[known] -= 1
        return True

    @property
    def mended(self) -> int:
        """Number of known failures that were not met again."""
        return self.left.total()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    failures: list[Known]


def read_baseline(path: Path) -> Baseline:
    """Return the failures that a file holds.

    Raises
    ------
    RfcalcError
        RF430: the file cannot be read, or is no baseline.
    """
    help = "write it with `update_baseline=True`"
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        if len(data) > SIZE_LIMIT:
            raise fail("RF430", f"the baseline {path} is larger than {SIZE_LIMIT:,} bytes", help)
        return Baseline(Counter(msgspec.json.decode(data, type=_File).failures))
    except OSError as fault:
        fact = f"the baseline {path} cannot be read: {fault.strerror}"
        raise fail("RF430", fact, help) from None
    except (msgspec.DecodeError, RecursionError) as fault:
        raise fail("RF430", f"{path} is no baseline: {fault}", help) from None


def write_baseline(path: Path, found: Iterable[tuple[str, Failure]]) -> None:
    """Write the failures of networks to a file, in an order that makes small differences.

    Raises
    ------
    RfcalcError
        RF407: the file cannot be written.
    """
    failures = sorted((_known(net, one) for net, one in found), key=msgspec.structs.astuple)
    write(path, msgspec.json.format(msgspec.json.encode(_File(failures)), indent=2) + b"\n")


def _known(net: str, failure: Failure) -> Known:
    return Known(net, failure.gate, failure.layer)
