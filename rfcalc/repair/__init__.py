"""How is gridding removed from a network file? By the least change of its dilations."""

import msgspec

from rfcalc.conversion import convert
from rfcalc.errors import RfcalcError, fail
from rfcalc.gridding.stages import stage_numbered
from rfcalc.gridding.summaries import FieldSummary, summarise_field
from rfcalc.interior import footprint
from rfcalc.network import Network, without_global
from rfcalc.repair.masks import holed
from rfcalc.repair.mending import Change, Keep, Mended, mended
from rfcalc.repair.reaching import reached
from rfcalc.repair.result import Repair, Solution, solution
from rfcalc.repair.task import Pair, Task, task
from rfcalc.report import Report, analyze
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["Change", "Repair", "Solution", "reached", "repair"]

BESIDE_LIMIT = 20_000
"""Most partial changes that are tried for what was not asked for: the fields of all layers."""


def repair(
    text: str,
    file: str,
    *,
    size: Given = None,
    keep: int = 100,
    keep_layers: bool = False,
    max_dilation: int | None = None,
    source: str | None = None,
    layer: str | None = None,
    stage: int | None = None,
    unroll: bool = False,
) -> Repair:
    """Return the least change of dilations that removes every hole of every dilated stage.

    Parameters
    ----------
    text, file : the network file and the name that diagnostics show.
    size : input size that goes before the file's own, cells per axis; one per input if several.
    keep : percent of its field that every output has to keep, on every axis.
    keep_layers : let every layer keep that share of its field, not only the outputs.
    max_dilation : largest dilation that may be written; by default three times the largest.
    source, layer : the one pair of maps to repair, by default every dilated stage.
    stage : the number of a stage, which stands for its source and target.
    unroll : where no change of the numbers does it because they decide several layers, return
        the text with one entry per layer.

    Raises
    ------
    RfcalcError
        RF411: the network has no dilated layer; RF401, RF405, RF406: a pair or a stage that there
        is not.

    Notes
    -----
    The change is the sum of the differences of the numbers; a dilation that is not written is 1
    and can be written in. Changes are tried in order of their total, so the first that passes is
    the least; it is confirmed by reading the changed file and analysing it anew.
    """
    asked = _Asked(keep, keep_layers, source, layer, stage)
    found, work = _of_text(text, file, size, asked, max_dilation)
    if found.text is not None or work is None or not work.tied:
        return found
    try:
        flat = convert(work.network, flat=True).text
        other, _ = _of_text(flat, file, None, asked, work.most)
    except RfcalcError:
        return found
    if other.text is None:
        reason = f"{other.reason}, not even with one entry per layer"
        return msgspec.structs.replace(
            found, reason=reason, complete=other.complete, proven=other.proven
        )
    return Repair(
        text=other.text if unroll else None,
        repairs=tuple(msgspec.structs.replace(one, unrolled=True) for one in other.repairs),
        complete=other.complete,
        proven=other.proven,
        reason=found.reason if not unroll else other.reason,
        before=found.before,
        ties=work.ties,
    )


class _Asked(msgspec.Struct, frozen=True):
    """What is to be repaired and kept, whatever the text."""

    keep: int
    layers: bool
    source: str | None
    layer: str | None
    stage: int | None


def _of_text(
    text: str, file: str, size: Given, asked: _Asked, most: int | None
) -> tuple[Repair, Task | None]:
    """Return the repair of a text by its own numbers, and what had to be decided."""
    network = read_text(text, file, size)
    before = analyze(network)
    pair = _pair(network, asked)
    if pair is None and not before.stages:
        raise fail("RF411", f"{file} has no dilated layer", "there is nothing to repair")
    held = tuple(
        (stage.stage.source, stage.stage.target) for stage in before.stages if stage.measures.holes
    )
    if pair is not None:
        held = (pair,) if holed(footprint(without_global(network), *pair)) else ()
    unknown = next((stage for stage in before.stages if stage.measures.reason), None)
    if not held and pair is None and unknown is not None:
        fact = f"{unknown.name}: {unknown.measures.reason}"
        raise fail("RF305", fact, "name a pair of maps within it: `source=` and `layer=`")
    if not held:
        what = "no stage has a hole" if pair is None else "this pair of maps has no hole"
        same = Mended(text, (), 0, 0, True, f"{what}: nothing to repair", before)
        return _repaired(same, [solution(same, "layers")], before, pair), None
    work = task(text, file, size, network, held, most, pair)
    outputs = mended(work, Keep(asked.keep))
    if outputs.text is None:
        return _repaired(outputs, [], before, pair), work
    every = Keep(asked.keep, layers=True)
    if outputs.suits(work, every):
        return _repaired(outputs, [solution(outputs, "layers")], before, pair), work
    answers = [solution(outputs, "outputs")]
    if not asked.layers and len(work.chosen) * len(network.nodes) > BESIDE_LIMIT // 4:
        return _repaired(outputs, answers, before, pair, open=True), work
    limit = None if asked.layers else BESIDE_LIMIT
    layers = mended(work, every, outputs.change, limit)
    if layers.text is None:
        found, open = (layers, False) if asked.layers else (outputs, not layers.proven)
        return _repaired(found, answers, before, pair, open), work
    both = [solution(layers, "layers"), *answers]
    if layers.change == outputs.change:
        return _repaired(layers, both[:1], before, pair), work
    first, order = (layers, both) if asked.layers else (outputs, both[::-1])
    return _repaired(first, order, before, pair), work


def _repaired(
    found: Mended,
    answers: list[Solution],
    before: Report,
    pair: Pair | None,
    open: bool = False,
) -> Repair:
    """Return the answer of a search, with the pair of maps before and after where one was named."""

    def seen(report: Report) -> FieldSummary | None:
        return None if pair is None else summarise_field(without_global(report.network), *pair)

    return Repair(
        text=found.text,
        repairs=tuple(msgspec.structs.replace(one, pair=seen(one.after)) for one in answers),
        complete=found.complete,
        proven=found.proven,
        reason=found.reason,
        before=before,
        pair=seen(before),
        open=open,
    )


def _pair(network: Network, asked: _Asked) -> Pair | None:
    """Return the pair of maps that was asked about, ``None`` for every stage."""
    if asked.stage is not None:
        if asked.source is not None or asked.layer is not None:
            fact = "a stage stands for a source and a layer, which are given too"
            raise fail("RF406", fact, "name the stage, or the source and the layer")
        stage = stage_numbered(network, asked.stage)
        return stage.source, stage.target
    if asked.source is None and asked.layer is None:
        return None
    source = network.index(asked.source, 0)
    target = network.index(asked.layer, network.output)
    if source >= target and network.behind(target, source)[source]:
        names = network.nodes[source].name, network.nodes[target].name
        fact = f"the source '{names[0]}' lies behind the layer '{names[1]}'"
        raise fail("RF405", fact, "a source comes before its layer: exchange the two")
    if not network.behind(source, target)[target]:
        raise network.unjoined(source, target)
    return source, target
