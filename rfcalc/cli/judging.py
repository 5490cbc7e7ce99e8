"""Which networks does `check` judge, and what comes of it? What is typed goes before the file."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from fractions import Fraction
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from rfcalc.cli.reading import Reading
from rfcalc.durations import rate_of
from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, fail, many, unanswered
from rfcalc.gates import GATES, Failure, Gates
from rfcalc.gates.baseline import Baseline, read_baseline, write_baseline
from rfcalc.gates.project import Entry
from rfcalc.gates.settings import Settings, contradictions
from rfcalc.gates.streaming import check_rate
from rfcalc.library.limits import judge_network, read_limits
from rfcalc.render.checks import Checked, Checks

if TYPE_CHECKING:
    from rfcalc.gates.project import Ignore

__all__ = ["Asked", "judge", "listed", "paths_to_watch"]


class Asked(NamedTuple):
    """What the command line says: which gates, which layer, and what is known already."""

    typed: Mapping[str, Any]
    layer: str | None
    source: str | None
    axis: int | None
    rate: Fraction | None
    baseline: str | None
    update: bool


def listed(kept: Settings) -> list[str]:
    """Return the networks that a configuration names, each once.

    Raises
    ------
    RfcalcError
        RF406: it names none; RF430: a pattern that no file matches.
    """
    if not kept.networks:
        where = f"{kept.file} lists none" if kept.file else "no pyproject.toml lists any"
        help = "name one, or list them: [tool.rfcalc] networks = ['nets/*.net.yaml']"
        raise fail("RF406", f"no network is named, and {where}", help)
    nets: list[str] = []
    for entry in kept.networks:
        found = entry.nets(kept.folder)
        if not found:
            fact = f"no file matches '{entry.net}' of {kept.file}"
            raise fail("RF430", fact, "patterns begin at the folder of pyproject.toml")
        nets += found
    return list(dict.fromkeys(nets))


def paths_to_watch(nets: Sequence[str], kept: Callable[[], Settings]) -> list[str]:
    """Return the networks that are there now, and none for what cannot be read until it changes."""
    found: list[str] = []
    for net in nets:
        with suppress(RfcalcError):
            found += _every([net])
    if not nets:
        with suppress(RfcalcError):
            found = listed(kept())
    return found


def judge(nets: Sequence[str], reading: Reading, asked: Asked, kept: Settings) -> Checks:
    """Return what comes of networks; without any of those that the configuration names.

    Raises
    ------
    RfcalcError
        RF406: no gate, a limit out of range, or two that contradict each other; RF407, RF430: a
        baseline that cannot be written or read.
    """
    typed = read_limits(asked.typed)
    gates = _in_order({**kept.gates, **typed})
    every = _every(nets) or listed(kept)
    entries = kept.entries(every)
    limits = {net: _in_order({**entry.limits(gates), **typed}) for net, entry in entries.items()}
    for net, entry in entries.items():
        _refuse_nothing(limits[net], kept, entry)
        rate = _rate(asked, kept, entry)
        check_rate({name: to for name, to in limits[net].items() if name in typed}, rate)
        check_rate(limits[net], rate, kept.file or "")
    baseline = asked.baseline or (
        os.path.relpath(kept.folder / kept.baseline) if kept.baseline else None
    )
    if asked.update and baseline is None:
        help = "name its file: --baseline known.json"
        raise fail("RF406", "--update-baseline writes no file: none is named", help)
    known = read_baseline(Path(baseline)) if baseline and not asked.update else None
    used: set[Ignore] = set()
    judged: list[Checked] = []
    found: list[tuple[str, Failure]] = []
    for net in every:
        one = _judge_one(net, _for(reading, entries[net]), limits[net], asked, kept, entries[net])
        failures, accepted = _split_failures(one, kept, known, used)
        found += ((kept.name(net), failure) for failure in failures)
        failures = () if asked.update else failures
        judged.append(replace(one, failures=failures, gates=limits[net], accepted=accepted))
    notes = [] if nets else [_unused_note(one) for one in kept.ignore if one not in used]
    if asked.update and baseline:
        write_baseline(Path(baseline), found)
        notes.append(f"{many(len(found), 'failure')} written to {baseline}")
    if known is not None and known.mended and not nets:
        gone = many(known.mended, "failure")
        notes.append(f"{gone} of the baseline did not occur: renew it by --update-baseline")
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return Checks(gates=gates, nets=tuple(judged), time=time, notes=tuple(notes))


def _every(nets: Sequence[str]) -> list[str]:
    """Return the networks that are typed, those below a folder and of a pattern one by one.

    Raises
    ------
    RfcalcError
        RF112: a folder that cannot be read, RF413: one without a network.
    """
    from rfcalc.scanning.items import listed as below

    found: list[str] = []
    for net in nets:
        if os.path.isdir(net):
            found += [item.path for item in below(net).items]
        else:
            # Shells without patterns, and quotes, hand them on as they are.
            pattern = "*" in net and not os.path.exists(net)
            found += (sorted(glob(net, recursive=True)) if pattern else []) or [net]
    return list(dict.fromkeys(found)) if found != list(nets) else found


def _in_order(gates: Gates) -> Gates:
    """Return the gates that are on, in the order of the report."""
    return {name: gates[name] for name in GATES if gates.get(name, False) is not False}


def _refuse_nothing(gates: Gates, kept: Settings, entry: Entry) -> None:
    """Refuse to judge by no gate, or by two that no network satisfies at once."""
    of = f" for '{entry.net}'" if entry.gates else ""
    if not gates:
        raise fail(
            "RF406",
            f"no gate is set{of}, nor does {kept.file} set one" if kept.file else "no gate is set",
            f"give one, as in --no-gridding or --min-rf 224; there are --{', --'.join(GATES)}; "
            "or set them under [tool.rfcalc] in pyproject.toml",
        )
    for fact in contradictions(gates):
        origin = f" ({kept.file} sets {', '.join(kept.gates)})" if kept.gates else ""
        raise fail("RF406", f"{fact}{of}{origin}", "lower min-rf or raise max-rf")


def _rate(asked: Asked, kept: Settings, entry: Entry) -> Fraction | None:
    """Return the samples per second: as typed, else of the network, else of all."""
    return asked.rate or rate_of(entry.rate) or rate_of(kept.rate)


def _for(reading: Reading, entry: Entry) -> Reading:
    """Return how a network is read: as the command line says, else as its entry does."""
    return reading._replace(
        input=reading.input or entry.input,
        submodule=reading.submodule or entry.submodule,
        kwargs=reading.kwargs if reading.kwargs is not None else entry.kwargs,
    )


def _judge_one(
    net: str, reading: Reading, gates: Gates, asked: Asked, kept: Settings, entry: Entry
) -> Checked:
    """Return what one network misses, or why it could not be judged; the others go on."""
    own = kept.ignore_global if entry.ignore_global is None else entry.ignore_global
    apart = reading.ignore_global or own
    layer = asked.layer or entry.layer or kept.layer
    source = asked.source or entry.source or kept.source
    axis = next((one for one in (asked.axis, entry.axis, kept.axis) if one is not None), None)
    try:
        network = reading._replace(layer=layer).load(net)
        rate = _rate(asked, kept, entry)
        given: dict[str, Any] = {"ignore_global": apart, "axis": axis, "rate": rate}
        return judge_network(net, network, gates, source, layer, **given)
    except RfcalcError as fault:
        return Checked(net=net, faults=fault.diagnostics)
    except (LimitExceeded, NeedsSize) as fault:
        return Checked(net=net, faults=(unanswered(fault),))


def _split_failures(
    one: Checked, kept: Settings, known: Baseline | None, used: "set[Ignore]"
) -> tuple[tuple[Failure, ...], int]:
    """Return the failures that count, and how many do not."""
    name, left = kept.name(one.net), list[Failure]()
    for failure in one.failures:
        excuse = next((each for each in kept.ignore if each.matches(name, failure)), None)
        if excuse is not None:
            used.add(excuse)
        elif known is None or not known.take(name, failure):
            left.append(failure)
    return tuple(left), len(one.failures) - len(left)


def _unused_note(one: "Ignore") -> str:
    of = "" if one.layer == "*" else f" of '{one.layer}'"
    at = "" if one.net == "*" else f" in '{one.net}'"
    return f"ignore {one.code}{of}{at} matches no failure: remove it"
