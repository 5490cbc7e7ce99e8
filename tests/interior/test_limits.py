"""Is what would take too long or too much refused, with the layer named?"""

import re

import pytest

from rfcalc import taps
from rfcalc.errors import RfcalcError
from rfcalc.interior import footprint, growth, walk
from rfcalc.report import analyze
from rfcalc.spec import read_text


def parallel(branches):
    return "  - parallel:\n      branches:\n" + "".join(f"        - [{b}]\n" for b in branches)


def network(*layers):
    return read_text("layers:\n" + "".join(layers), "net.yaml", size=None)


def refused(given, match):
    with pytest.raises(RfcalcError, match=match) as fault:
        analyze(given)
    (told,) = fault.value.diagnostics
    assert told.code == "RF305"
    assert any(f"'{node.name}'" in told.message for node in given.nodes)


def test_thousands_of_phases_at_many_layers(monkeypatch):
    given = network("  - upsample: {scale: 4096.0}\n", "  - {kernel: 3, dilation: 5}\n" * 20)
    assert growth(given).rows[-1].phases == (4096, 4096)
    monkeypatch.setattr(walk, "WORK_LIMIT", 1 << 16)
    refused(given, "sets of cells")


def extents_alone(given, match):
    found = analyze(given)
    row = found.output
    assert (row.cells, row.density, row.holes, row.largest_hole) == (None,) * 4
    assert re.search(match, row.reason)
    assert any(row.reason in told for told in found.assumed)
    assert found.verdict.startswith("not known")
    return row


def test_thousands_of_unlike_branches():
    given = network(parallel(f"{{kernel: 3, dilation: {d}}}" for d in range(1, 2000)))
    assert extents_alone(given, "'concat1': .* more than 512 boxes").rf == (3999, 3999)


def test_unlike_branches_stage_after_stage(monkeypatch):
    shapes = [f"{{kernel: [{2 * i + 1}, 1]}}, {{kernel: [1, {39 - 2 * i}]}}" for i in range(20)]
    monkeypatch.setattr(walk, "WORK_LIMIT", 1 << 12)
    row = extents_alone(network(parallel(shapes) * 8), "sets of cells")
    assert row.rf == (1 + 8 * 38, 1 + 8 * 38)


def test_more_phases_than_are_told_apart():
    given = network("  - upsample: {scale: 64}\n", "  - upsample: {scale: 67}\n")
    refused(given, f"{64 * 67} phases on one axis; the limit is 4096")


def test_more_phases_than_are_told_apart_are_no_limit_for_the_outputs_of_a_grid():
    """61 cells to 64, and 63 of these to 122: 64 * 122 phases, of which the grid has 122."""
    text = (
        "dims: 1\ninput: 61\nlayers:\n  - upsample: {size: 64}\n  - crop: {after: 1}\n"
        "  - upsample: {size: 122}\n  - {kernel: 3, padding: 0}\n"
    )
    given = read_text(text, "net.yaml")
    (box,) = footprint(given, 0, given.output).boxes
    cells = [(o * 63 // 122) * 61 // 64 for o in range(122)]
    wanted = [set(cells[o : o + 3]) for o in range(120)]
    assert [set(box[0].read(o)) for o in range(120)] == wanted
    assert analyze(given).output.rf == (max(max(w) - min(w) + 1 for w in wanted),)


def test_a_later_source_is_answered_where_the_input_is_out_of_reach():
    """The help of the refusal is to ask with a later source: the input is not asked about then."""
    given = network("  - upsample: {scale: 64}\n", "  - upsample: {scale: 67}\n")
    found = analyze(given, source="upsample1")
    assert found.output.phases == (67, 67)
    (told,) = found.answers
    assert (told.source, told.output, told.depends, told.row) == ("input", "upsample2", True, None)


def test_wide_holes_in_every_phase(monkeypatch):
    wide = "  - {kernel: 3, dilation: 40001}\n  - {kernel: 3, dilation: 3001}\n"
    given = network(wide, "  - upsample: {scale: 100.0, mode: linear}\n")
    assert growth(given).rows[-1].phases == (100, 100)
    monkeypatch.setattr(taps, "STORE_LIMIT", 1 << 17)
    refused(given, "cells of masks with holes")


def test_what_is_large_but_within_the_limits_is_answered():
    given = network(parallel(f"{{kernel: 3, dilation: {d}}}" for d in range(1, 129)))
    assert analyze(given).output.cells == 9 + 8 * 127
    deep = network("  - {kernel: 3, dilation: 2}\n" * 5000)
    assert growth(deep).rows[-1].largest_hole == (1, 1)
