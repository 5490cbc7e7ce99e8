"""Do shipped networks reproduce what their papers and repositories say of fields and coverage?"""

import pytest

from rfcalc.architectures import zoo_text
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.network.rest import without_global
from rfcalc.spec import read_text
from tests.published.shapes import rows


def fields(network):
    """The side of the field of every layer; all of them are squares here."""
    return {row.name: row.rf[0] for row in rows(network)[1:] if row.rf and None not in row.rf}


@pytest.mark.parametrize(
    ("rates", "field"),
    [
        ([1, 2, *4 * [4], *7 * [14]], 3807),
        ([1, 2, 4, 6, 8, 10, *7 * [12]], 3743),
        ([1, 2, 4, 6, 8, *8 * [10]], 3295),
        ([1, 2, 4, *10 * [6]], 2207),
        ([1, 2, 4, 6, 8, 10, 12, *6 * [14]], 4127),
        ([*5 * [4], *8 * [10]], 3263),
    ],
)
def test_gao_2021_field_of_view_of_regseg_by_its_rates(rates, field):
    """The table of ablations in the author's repository; the first row is the file's."""
    text = zoo_text("regseg")
    units, last = "".join(f"  - unit: {{rate: {r}}}\n" for r in rates[:-1]), rates[-1]
    start = text.index("  - first\n  - unit: {rate: 2}")
    stop = text.index("  - residual: [{gated: {rate: 14}}]")
    changed = text[:start] + units + text[stop:].replace("rate: 14", f"rate: {last}")
    assert fields(without_global(read_text(changed, "regseg")))["stage16"] == field
    if field == 3807:
        assert fields(without_global(load("zoo:regseg")))["stage16"] == field


def test_hamaguchi_2018_a_falling_rate_joins_what_a_growing_one_left_apart():
    """Table 1: all that lfe samples from front1 on, and what the front end alone samples."""
    for n, share in ((2, 361 / 21**2), (3, 625 / 27**2)):
        network = load("zoo:hamaguchi-lfe", set={"n": n})
        assert mask(network, layer="front", source="front1").array().mean() == share
        assert mask(network, layer="lfe", source="front1").array().all()


def test_huang_2019_one_criss_cross_reads_h_plus_w_minus_1_cells_and_two_read_all():
    network = load("zoo:ccnet")
    height, width = network.nodes[network.index("conva", network.output)].size
    once = mask(network, layer="once", source="conva", at=(40, 50)).array()
    assert once.sum() == height + width - 1
    assert mask(network, layer="twice", source="conva", at=(40, 50)).array().sum() == height * width


def test_fan_2021_fields_of_the_blocks_of_an_stdc_module():
    """Table 1 of the paper for stride 1; the release reads further for stride 2 (see the file)."""
    network = load("zoo:stdc1")

    def sides(module, source):
        names = [f"{module}.block{i}" for i in range(1, 5)]
        return [mask(network, layer=name, source=source).array().shape[0] for name in names]

    assert sides("stage3", "down3") == [1, 3, 5, 7]
    assert sides("down3", "stage2") == [3, 7, 11, 15]


@pytest.mark.parametrize(
    ("name", "layer", "field"),
    [
        ("bisenet", "upsample4", 627),
        ("cgnet", "upsample1", 1423),
        ("ddrnet-23-slim", "score", 2543),
        ("efficientdet-d0", "class3", 3219),
        ("fpenet", "upsample5", 2599),
        ("lednet", "upsample5", 1431),
        ("pidnet-s", "score", 2863),
    ],
)
def test_a_field_that_a_file_states_without_its_global_layers(name, layer, field):
    assert f" {field}" in zoo_text(name).partition("# answer")[0]
    assert fields(without_global(load(f"zoo:{name}")))[layer] == field
