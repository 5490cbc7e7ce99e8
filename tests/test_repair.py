"""Does a repair change numbers and nothing else, keep what it promises, and say why it is none?"""

import re
from itertools import product

import pytest

import rfcalc
from rfcalc.architectures import zoo_text
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.network import without_global
from rfcalc.repair import repair
from rfcalc.spec import chain_text, read_text

NUMBERS = str.maketrans("", "", "0123456789")


def chain(rates):
    layers = "\n".join(f"  - {{kernel: 3, dilation: {rate}}}" for rate in rates)
    return f"dims: 1\nlayers:\n{layers}\n"


def dilations(given):
    network = read_text(given, "net.yaml") if isinstance(given, str) else given
    layers = [node.layer for node in network.nodes if hasattr(node.layer, "kernel")]
    return [layer.dilation[0] if layer.dilation else 1 for layer in layers]


def solid(text):
    return not any(s.measures.holes for s in rfcalc.analyze(read_text(text, "net.yaml")).stages)


def test_the_outputs_keep_their_field_and_the_layers_where_it_costs_more():
    found = repair(chain([2, 4, 6]), "net.yaml")
    assert [(one.keeps, one.change) for one in found.repairs] == [("outputs", 4), ("layers", 10)]
    assert sorted(dilations(found.text)) == [1, 3, 8]
    assert dilations(found.repairs[1].text) == [3, 8, 1]
    every = repair(chain([2, 4, 6]), "net.yaml", keep_layers=True)
    assert [(one.keeps, one.change) for one in every.repairs] == [("layers", 10), ("outputs", 4)]
    assert every.text == found.repairs[1].text


def test_one_answer_is_given_where_it_keeps_every_layer_as_well():
    found = repair(chain([2, 2]), "net.yaml")
    assert [(one.keeps, one.change) for one in found.repairs] == [("layers", 2)]
    assert dilations(found.text) == [3, 1]


def test_a_repair_changes_numbers_only():
    text = (
        "# my network\n"
        "dims: 2   # two axes\n"
        "layers:\n"
        "  - {kernel: 3, dilation: 2, padding: 2}   # first\n"
        "  - conv: {kernel: 3,  dilation: 2}\n"
        "\n"
        "  - {dilation: [2, 2], kernel: 3}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is not None
    assert found.text.translate(NUMBERS) == text.translate(NUMBERS)
    assert found.text.count("\n") == text.count("\n")
    assert solid(found.text)


WRITTEN = {
    "braces": "- {kernel: 2, dilation: 2}",
    "braces of JSON": '- {"kernel":2,"dilation":2}',
    "a torch name": "- {kernel_size: 2, dilation: 2, name: a}",
    "an op as the key": "- conv: {kernel: 2, dilation: 2}",
    "an op": "- {op: conv, kernel: 2, dilation: 2}",
    "pooling": "- maxpool: {kernel: 2, dilation: 2, stride: 1}",
    "a block": "- kernel: 2  # two\n  dilation: 2\n  name: a",
    "a list": "- conv:\n    kernel:\n    - 2\n    dilation: 2",
    "lines of Windows": "- kernel: 2\r\n  dilation: 2\r",
    "several lines": "- {kernel: [\n    2], dilation: 2,\n   name: a}",
}


@pytest.mark.parametrize("last", ["\n", ""], ids=["a line after it", "the end of the text"])
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_dilation_that_is_not_written_is_1_and_is_written_in(written, last):
    """1 and 4 are no numbers of the text: 2 in between is all that makes them whole."""
    layer = re.sub(r"(,\s*|\r?\n *)['\"]?dilation['\"]?: ?2", "", written)
    fixed = "dims: 1\nlayers:\n- {kernel: 2, dilation: 2-1}\n- {kernel: 3, dilation: 2+2}\n"
    found = repair(f"{fixed}{layer}{last}", "net.yaml")
    assert found.text == f"{fixed}{written}{last}"
    assert [(change.before, change.after) for change in found.changes] == [(1, 2)]


def test_a_chain_typed_in_place_is_written_out():
    found = repair(chain_text("k2,k2d7,k3"), "k2,k2d7,k3")
    assert sorted(dilations(found.text)) == [1, 2, 6]


def test_a_written_number_goes_before_one_that_is_written_in():
    """Of the changes of 1 there are, that of a rate is taken and not that of a pooling layer."""
    found = repair(zoo_text("deeplab-aspp-l"), "net.yaml")
    assert [(change.name, change.before, change.after) for change in found.changes] == [
        ("rate", 2, 3)
    ]


LIMITED = "[{kernel: 2, dilation: 1}, {kernel: 2, dilation: 7}, {kernel: 3}]"


@pytest.mark.parametrize("most", range(1, 10))
def test_no_dilation_above_the_largest_is_written(most):
    found = repair(LIMITED, "net.yaml", max_dilation=most)
    for text in [one.text for one in found.repairs]:
        pairs = zip(dilations(LIMITED), dilations(text), strict=True)
        assert all(now == was or now <= most for was, now in pairs)
    every = product(range(1, most + 1), {*range(1, most + 1), 7}, range(1, most + 1))
    expected = [
        abs(a - 1) + abs(b - 7) + abs(c - 1)
        for a, b, c in every
        if a + b + 2 * c >= 10 and read(a, b, c) == 1 + a + b + 2 * c
    ]
    assert (found.change if found.text else None) == min(expected, default=None)
    assert found.proven


def read(a, b, c):
    """How many cells kernels of 2, 2 and 3 read."""
    return len({i + j + k for i in (0, a) for j in (0, b) for k in (0, c, 2 * c)})


def test_the_largest_dilation_holds_for_layers_that_a_number_decides_with_others():
    """3 in the first layer would be 21 in the last."""
    text = (
        "dims: 1\nvars: {r: 2}\nlayers:\n- {kernel: 3, dilation: 1}\n"
        "- {kernel: 5, dilation: r}\n- {kernel: 3, dilation: 7*r}\n"
    )
    for most in (2, 7, 13, 14, 21):
        found = repair(text, "net.yaml", max_dilation=most, keep=0)
        assert found.repairs
        pairs = [zip(dilations(text), dilations(one.text), strict=True) for one in found.repairs]
        assert all(now == was or now <= most for pair in pairs for was, now in pair)


def test_a_stage_without_holes_is_left_alone():
    clean = "- {kernel: 3}\n- {kernel: 3, dilation: 2}\n- {kernel: 3, stride: 2}\n"
    text = f"dims: 1\nlayers:\n{clean}- {{kernel: 3, dilation: 2}}\n- {{kernel: 3, dilation: 2}}\n"
    found = repair(text, "net.yaml")
    assert {change.line for change in found.changes} == {6, 7}
    assert clean in found.text


def test_stages_are_repaired_each_for_itself_and_share_the_field():
    """What the first two lose for a smaller change the last one gives back, at its larger jump."""
    pair, triple = "- {kernel: 3, dilation: 2}\n" * 2, "- {kernel: 3, dilation: 2}\n" * 3
    down = "- {kernel: 3, stride: 2}\n"
    found = repair(f"dims: 1\nlayers:\n{pair}{down}{pair}{down}{triple}", "net.yaml")

    def whole(rates):
        field = 1
        for rate in sorted(rates):
            if rate > field:
                return False
            field += 2 * rate
        return True

    def every(count):
        return [c for c in product(range(1, 7), repeat=count) if whole(c)]

    expected = min(
        sum(abs(rate - 2) for rate in (*a, *b, *c))
        for a, b, c in product(every(2), every(2), every(3))
        if sum(a) + 2 * sum(b) + 4 * sum(c) >= 4 + 8 + 24
    )
    assert found.change == expected == 5


def test_what_a_number_of_a_clean_stage_moves_gets_no_holes():
    """One variable in two stages: 1 would do for the first, and tear the second apart."""
    text = (
        "dims: 1\nvars: {r: 2}\nlayers:\n- {kernel: 3, dilation: r}\n- {kernel: 3, dilation: 2}\n"
        "- {kernel: 3, stride: 2}\n- {kernel: 3}\n- {kernel: 3, dilation: 5-r}\n"
    )
    found = repair(text, "net.yaml", keep=0)
    assert solid(found.text)


def test_padding_that_keeps_a_layer_centred_follows_its_dilation():
    layer = "{kernel: 3, dilation: 2, padding: 2}"
    text = f"input: [64, 64]\nlayers: [{layer}, {layer}, {{kernel: 3, padding: 1}}]\n"
    found = repair(text, "net.yaml", max_dilation=3)
    network = read_text(found.text, "net.yaml")
    assert network.nodes[-1].size == (64, 64)
    assert [node.layer.padding[0][0] for node in network.nodes[1:]] == [
        (node.layer.dilation or (1,))[0] for node in network.nodes[1:]
    ]


def test_variables_blocks_and_repetitions_are_followed():
    text = (
        "vars: {rate: 2}\n"
        "blocks:\n"
        "  unit: {params: {d: 2}, layers: [{residual: [{kernel: 3, dilation: d}]}]}\n"
        "layers:\n"
        "  - repeat: {times: 2, layers: [{unit: {d: rate}}]}\n"
        "  - unit\n"
        "  - unit: {d: 4}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is not None
    assert not any(stage.measures.holes for stage in found.after.stages)
    assert {change.name for change in found.changes} <= {"rate", "d"}


@pytest.mark.parametrize("name", ["pspnet", "deeplabv3plus", "deeplabv3-resnet50", "denseaspp"])
def test_networks_whose_stages_have_no_holes_are_left_as_they_are(name):
    found = repair(zoo_text(name), name)
    assert (found.text, found.change, found.proven) == (zoo_text(name), 0, True)
    assert found.reason == "no stage has a hole: nothing to repair"


def test_espnet_is_repaired_one_layer_at_a_time():
    """Its rates stand once for all modules: 1 for the widest would be all, and loses the field."""
    text = zoo_text("espnet")
    found = repair(text, "espnet")
    assert found.text is None
    assert found.proven
    assert found.ties == ("block 'pyramid'",)
    (one,) = found.repairs
    assert (one.unrolled, one.keeps) == (True, "outputs")
    assert not any(stage.measures.holes for stage in one.after.stages)
    rf = [growth(without_global(n)).rows[-1].rf for n in (found.before.network, one.after.network)]
    assert all(after >= before for before, after in zip(*rf, strict=True))
    pairs = zip(dilations(one.text), dilations(found.before.network), strict=True)
    assert sum(abs(a - b) for a, b in pairs) == one.change


ONE = "{kernel: 3, dilation: 2}"
UNIT = "blocks: {u: {params: {d: 2}, layers: [{kernel: 3, dilation: d}]}}"
TIED = {
    "repeat on line 3": f"dims: 1\nlayers:\n- repeat: {{times: 4, layers: [{ONE}]}}\n",
    "variable 'r'": "dims: 1\nvars: {r: 2}\nlayers:\n" + "- {kernel: 3, dilation: r}\n" * 4,
    "block 'u'": f"dims: 1\nblocks: {{u: {{layers: [{ONE}]}}}}\nlayers: [u, u, u, u]\n",
    "parameter 'd'": f"dims: 1\n{UNIT}\nlayers: [u, u, u, u]\n",
    "one number used several times": f"dims: 1\nlayers:\n- &a {ONE}\n- *a\n- *a\n- *a\n",
}


@pytest.mark.parametrize(("tie", "text"), TIED.items(), ids=TIED)
def test_where_one_number_decides_several_layers_the_unrolled_text_is_repaired(tie, text):
    found = repair(text, "net.yaml")
    assert found.text is None
    assert found.ties == (tie,)
    assert found.repairs[0].unrolled
    assert found.change == 2
    flat = repair(text, "net.yaml", unroll=True)
    assert flat.text == found.repairs[0].text
    assert sorted(dilations(flat.text)) == [1, 2, 2, 3]
    assert all(len(change.layers) == 1 for change in flat.changes)


def test_the_numbers_of_a_text_go_before_those_of_the_unrolled_one():
    text = chain([2, 2])
    assert repair(text, "net.yaml", unroll=True).text == repair(text, "net.yaml").text


def test_dilations_that_are_no_numbers_are_repaired_unrolled():
    text = "dims: 1\nlayers:\n" + "  - {kernel: 3, dilation: 1+1}\n" * 2
    found = repair(text, "net.yaml")
    assert found.text is None
    assert dilations(repair(text, "net.yaml", unroll=True).text) == [3, 1]


def test_expressions_out_of_proportion_are_no_proof():
    layers = "- {kernel: 3, dilation: r//2}\n- {kernel: 3, dilation: r*r//8}\n"
    found = repair(f"dims: 1\nvars: {{r: 4}}\nlayers:\n{layers}", "net.yaml")
    assert found.text is None
    assert found.repairs[0].unrolled


TWO = "- {kernel: 3, dilation: 2}\n" * 2
PAIRED = f"dims: 1\nlayers:\n{TWO}- {{kernel: 3, stride: 2}}\n{TWO}"


def test_one_pair_of_maps_is_repaired_by_name_or_as_a_stage():
    named = repair(PAIRED, "net.yaml", source="conv3", layer="conv5")
    assert {change.line for change in named.changes} == {6, 7}
    assert (named.pair.holes, named.repairs[0].pair.holes) == (True, False)
    assert repair(PAIRED, "net.yaml", stage=2).text == named.text


def test_a_pair_across_a_stride_is_judged_by_all_that_lies_between():
    """Steps of 2, 1 and, at a jump of 2, 8: the 8 is beyond the 7 that the others build."""
    layers = "- {kernel: 3, dilation: 2}\n- {kernel: 3, stride: 2}\n- {kernel: 3, dilation: 4}\n"
    found = repair(f"dims: 1\nlayers:\n{layers}", "net.yaml", layer="conv3")
    first, second, third = dilations(found.text)
    offsets = product(range(3), repeat=3)
    cells = {a * first + b * second + c * 2 * third for a, b, c in offsets}
    assert len(cells) == max(cells) + 1
    assert found.change == 1


def test_a_pair_without_holes_is_left_as_it_is():
    found = repair(chain([1, 2, 2]), "net.yaml", layer="conv3")
    assert (found.change, found.text) == (0, chain([1, 2, 2]))
    assert "this pair of maps has no hole" in found.reason


REFUSED = {
    "a source behind its layer": ({"source": "conv2", "layer": "conv1"}, "RF405", "exchange"),
    "a source that is the layer": ({"source": "conv2", "layer": "conv2"}, "RF405", "exchange"),
    "a layer that is none": ({"layer": "conv9"}, "RF401", "conv9"),
    "a stage that is none": ({"stage": 3}, "RF415", "stage 3"),
    "a stage beside a layer": ({"stage": 1, "layer": "conv1"}, "RF406", "given too"),
}


@pytest.mark.parametrize(("named", "code", "word"), REFUSED.values(), ids=REFUSED)
def test_a_pair_that_is_none_is_refused(named, code, word):
    with pytest.raises(RfcalcError, match=rf"{code}[\s\S]*{word}"):
        repair(PAIRED, "net.yaml", **named)


def test_too_few_paths_are_told_from_too_short_a_search():
    for name in ("esp-module", "aspp-module"):
        found = repair(zoo_text(name), name)
        assert found.text is None
        assert found.proven
        assert found.reason.startswith("whatever the dilations")
    found = repair(chain([2]), "net.yaml")
    assert found.text is None
    assert found.proven


def test_a_stage_with_too_few_paths_is_told_at_any_size():
    """Four layers cannot cover a field of millions, whatever their dilations."""
    found = repair(chain((1, 1000003, 2000003, 4000037)), "net.yaml")
    assert found.text is None
    assert "81 paths" in found.reason


def test_a_smaller_field_may_be_kept():
    assert repair(chain([2, 2]), "net.yaml", keep=60).change == 1
    every = repair(chain([2, 2]), "net.yaml", keep=80, keep_layers=True)
    assert [(one.keeps, one.change) for one in every.repairs] == [("layers", 2)]


def test_nothing_dilated_is_nothing_to_repair():
    with pytest.raises(RfcalcError, match="RF411"):
        repair("layers: [{kernel: 3}]\n", "net.yaml")


def test_a_network_without_holes_is_left_as_it_is():
    found = repair(chain([1, 2, 5]), "net.yaml")
    assert found.text == chain([1, 2, 5])
    assert found.change == 0


@pytest.mark.parametrize("rates", [(7, 19, 30), (2, 40, 3), (12, 12, 12)], ids=str)
def test_large_dilations_with_the_field_set_free_are_repaired_by_the_least_change(rates):
    def whole(them):
        sums = {0}
        for rate in them:
            sums = {o + rate * t for o in sums for t in range(3)}
        return len(sums) == max(sums) + 1

    every = product(*[range(1, rate + 1) for rate in rates])
    expected = min(sum(rates) - sum(other) for other in every if whole(other))
    found = repair(chain(rates), "net.yaml", keep=1)
    assert found.change == expected
    assert found.complete == expected - 1


@pytest.mark.parametrize("limit", ["NODE_LIMIT", "LOOK_LIMIT"])
def test_a_search_that_is_cut_short_says_how_far_it_came(monkeypatch, limit):
    """Branches of one axis are judged by their mask alone."""
    monkeypatch.setattr(f"rfcalc.repair.search.{limit}", 2)
    text = (
        "dims: 1\nlayers:\n  - {kernel: 3, dilation: 2}\n  - {kernel: 5, dilation: 2}\n"
        "  - {parallel: {branches: [[{kernel: 5, dilation: 4}], [{kernel: 5, dilation: 6}]]}}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is None
    assert not found.proven
    assert "larger ones were not all tried" in found.reason


def test_layers_of_one_axis_are_judged_on_their_own_axis():
    row, column = "{kernel: [3, 1], dilation: [%d, 1]}", "{kernel: [1, 3], dilation: [1, %d]}"
    text = "dims: 2\nlayers:\n" + "".join(f"  - {one % 2}\n" for one in (row, column) * 2)
    found = repair(text, "net.yaml")
    report = rfcalc.analyze(read_text(found.text, "net.yaml"))
    assert not report.gridded
    assert report.output.rf == (9, 9)
    assert found.text == text.replace("[2, 1]", "[3, 1]", 1).replace("[1, 2]", "[1, 3]", 1).replace(
        "[2, 1]", "[1, 1]"
    ).replace("[1, 2]", "[1, 1]")


def test_a_number_that_would_take_another_layer_below_1_is_left():
    """d = 1 would be free of holes, but the last layer would have no dilation at all."""
    text = (
        "dims: 1\nvars: {d: 2}\nlayers:\n  - {kernel: 3, dilation: d}\n"
        "  - {kernel: 3, dilation: d}\n  - {kernel: 2, stride: 2}\n"
        "  - {kernel: 3, dilation: d-1}\n"
    )
    assert repair(text, "net.yaml", keep=0).text is None
    assert repair(text.replace("d-1", "1"), "net.yaml", keep=0).text is not None


def test_a_number_told_once_and_used_twice_is_one_number():
    text = (
        "dims: 1\nlayers:\n  - {kernel: 3, dilation: 1}\n  - &a {kernel: 3, dilation: 5}\n  - *a\n"
    )
    found = repair(text, "net.yaml", keep=50)
    assert solid(found.text)
    assert found.text.count("dilation") == 2


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        ("{kernel: 2, dilation: %d, padding: 1}", "padding: 1"),  # even: no padding centres it
        ("{kernel: 3, dilation: %d, padding: 5}", "padding: 5"),  # wider than centred
        ("{kernel: 3, dilation: %d, padding: [[2, 2]]}", "padding: [[{0}, {0}]]"),
        ("{kernel: 3, dilation: %d, padding: [2]}", "padding: [{0}]"),
    ],
)
def test_padding_follows_only_where_it_centres_the_layer(layer, written):
    text = "dims: 1\nlayers:\n" + f"  - {layer % 2}\n" * 2
    found = repair(text, "net.yaml", keep=50)
    assert found.changes
    for change in found.changes:
        line = found.text.splitlines()[change.line - 1]
        assert f"dilation: {change.after}," in line
        assert written.format(change.after) in line


def test_a_kernel_of_unlike_axes_has_padding_of_its_own_on_each():
    text = "layers:\n" + "- {kernel: [3, 5], dilation: 2, padding: [2, 4]}\n" * 2
    found = repair(text, "net.yaml")
    for node in read_text(found.text, "net.yaml").nodes[1:]:
        rate = node.layer.dilation[0]
        assert node.layer.padding == ((rate, rate), (2 * rate, 2 * rate))


@pytest.mark.parametrize(
    ("first", "last"),
    [("", "{kernel: 2, stride: n}"), (", out_channels: n", "relu"), (", groups: n", "relu")],
)
def test_a_variable_that_decides_more_than_dilations_is_left(first, last):
    layer = f"  - {{kernel: 3, dilation: n{first}}}\n"
    text = f"dims: 1\nvars: {{n: 2}}\nlayers:\n{layer * 2}  - {last}\n"
    assert rfcalc.analyze(read_text(text, "net.yaml")).gridded
    found = repair(text, "net.yaml")
    assert found.text is None
    assert found.repairs[0].unrolled


def test_a_repair_shows_itself_in_a_line():
    found = repair(chain([2, 2]), "net.yaml")
    assert repr(found) == "Repair(change=2, changes=2)"
    assert repr(found.repairs[0]) == "Solution(change=2, changes=2, keeps='layers')"
    assert repr(repair(chain([2]), "net.yaml")).startswith("Repair(none: whatever the dilations")


def test_a_stack_has_a_number_for_every_layer_or_one_for_every_axis():
    found = repair("dims: 1\nlayers: [{stack: {kernel: 3, dilations: [2, 4, 6]}}]\n", "net.yaml")
    assert [change.name for change in found.changes] == ["dilations"] * 3
    text = "layers: [{stack: {kernel: 3, dilations: [[2, 1], [2, 1], [2, 2], [2, 2]]}}]\n"
    found = repair(text, "net.yaml")
    assert found.change == 2
    assert solid(found.text)


def test_a_list_of_dilations_is_followed_by_a_list_of_padding():
    """A single number of padding cannot follow one axis alone."""
    layer = "- {kernel: [3, 5], dilation: [2, 2], padding: [2, 4]}\n"
    found = repair(f"layers:\n{layer}{layer}", "net.yaml")
    assert solid(found.text)
    for node in read_text(found.text, "net.yaml").nodes[1:]:
        (first, second), padding = node.layer.dilation, node.layer.padding
        assert padding == ((first, first), (2 * second, 2 * second))
    single = "- {kernel: 3, dilation: [2, 2], padding: 2}\n"
    found = repair(f"layers:\n{single}{single}", "net.yaml")
    assert found.text.count("padding: 2") == 2


MERGED = "dims: 1\nvars: {a: 1}\nlayers:\n- &m {kernel: 3, dilation: 5}\n- {<<: *m, kernel: 2}\n"


def test_what_a_mapping_takes_from_another_is_followed_by_reading_it():
    """The second layer has its dilation from the first, and would leave it if one were written."""
    found = repair(f"{MERGED}- {{kernel: 3}}\n", "net.yaml", keep=0)
    assert solid(found.text)
    assert dilations(found.text)[:2] == [dilations(found.text)[0]] * 2
    assert found.text.count("dilation") == 2 - (dilations(found.text)[2] == 1)


def test_a_mapping_that_keeps_a_dilation_of_its_own_is_left_by_the_other():
    text = "dims: 1\nlayers:\n- &m {kernel: 3, dilation: 2}\n- {<<: *m, dilation: 2}\n"
    assert sorted(dilations(repair(text, "net.yaml").text)) == [1, 3]


SIZED = "dims: 1\ninput: [%d]\nlayers:\n- {kernel: 3, dilation: 2}\n"


def test_sizes_that_have_to_meet_are_kept():
    """An even kernel loses a cell at an odd dilation, and its shortcut would not fit any more."""
    text = SIZED % 64 + "- residual: [{kernel: 2, dilation: 2}, {kernel: 2, dilation: 2}]\n"
    found = repair(text, "net.yaml", keep=0)
    network = read_text(found.text, "net.yaml")
    assert network.nodes[-1].size == (64,)
    assert solid(found.text)


def test_padding_that_folds_stays_within_its_input():
    layer = "- {kernel: 3, dilation: 2, padding_mode: reflect}\n"
    text = f"dims: 1\ninput: [4]\nlayers:\n{layer * 3}"
    found = repair(text, "net.yaml", max_dilation=20)
    assert max(dilations(found.text)) < 4


def test_a_chain_that_needs_more_than_its_numbers_may_give_is_refused_at_once():
    """The dilation that is fixed exceeds the field that any others build."""
    text = "dims: 1\nlayers:\n- {kernel: 3, dilation: 90+1}\n- {kernel: 3, dilation: 2}\n"
    found = repair(text, "net.yaml", keep=0, max_dilation=8)
    assert found.text is None
    assert "8 removes every hole" in found.reason


def test_layers_that_no_output_needs_do_not_matter():
    layers = "- {kernel: 3, dilation: 2, name: a}\n- {kernel: 3, dilation: 9}\n"
    text = f"dims: 1\noutputs: [a]\nlayers:\n{layers}"
    found = repair(text, "net.yaml", keep=0)
    assert [change.line for change in found.changes] == [4]


def test_two_inputs_keep_a_field_each():
    text = (
        "dims: 1\ninputs: {x: [64], y: [64]}\nlayers:\n"
        "- {kernel: 3, dilation: 2, from: x, name: a}\n"
        "- {kernel: 3, dilation: 2, name: b}\n- {kernel: 3, dilation: 4, from: y, name: c}\n"
        "- add: {from: [b, c]}\n"
    )
    found = repair(text, "net.yaml", source="x", layer="b")
    assert {change.line for change in found.changes} == {4, 5}
    with pytest.raises(RfcalcError, match="RF405"):
        repair(text, "net.yaml", source="y", layer="b")


def test_a_text_that_cannot_be_unrolled_is_told_by_its_own_numbers(monkeypatch):
    def refused(*given, **more):
        raise RfcalcError([])

    monkeypatch.setattr("rfcalc.repair.convert", refused)
    found = repair(TIED["variable 'r'"], "net.yaml")
    assert found.repairs == ()
    assert "no change within" in found.reason


def test_neither_the_numbers_nor_the_unrolled_text_do_what_cannot_be_done():
    found = repair(TIED["variable 'r'"], "net.yaml", max_dilation=1)
    assert found.text is None
    assert found.reason.endswith("not even with one entry per layer")
    assert found.proven


def test_a_pair_that_more_than_one_bundle_of_axes_leads_through_is_looked_at():
    """A crop in one branch moves it: a chain says nothing of such a pair, its mask does."""
    text = (
        "dims: 1\nlayers:\n- {kernel: 3, dilation: 2}\n"
        "- parallel: {merge: add, branches: [[{crop: {before: 1}}], [{kernel: 3, dilation: 2}]]}\n"
    )
    found = repair(text, "net.yaml")
    assert found.text is not None
    assert solid(found.text)


PRODUCTS = {
    "product": ("{a: 2, b: 2}", ["a*b", "2*a", "b"]),
    "difference of products": ("{a: 2, b: 2, c: 1}", ["a*b - b*c"] * 3),
    "division": ("{a: 8}", ["a//4", "2", "4"]),
    "division by way of another": ("{a: 8, b: a//4}", ["b", "2", "4"]),
}


@pytest.mark.parametrize(("given", "rates"), PRODUCTS.values(), ids=PRODUCTS)
def test_a_product_or_a_division_of_numbers_is_no_proof(given, rates):
    layers = "".join(f"- {{kernel: 3, dilation: {rate}}}\n" for rate in rates)
    found = repair(f"dims: 1\nvars: {given}\nlayers:\n{layers}", "net.yaml")
    assert not found.proven or found.repairs[0].unrolled
    assert all(solid(one.text) for one in found.repairs)
    assert "in proportion" in found.reason or found.repairs[0].unrolled


@pytest.mark.parametrize("rate", ["2", "r"])
def test_a_map_that_a_larger_dilation_does_not_fit_into_is_repaired_by_smaller_ones(rate):
    """No number can be raised by itself, and the input has just the cells that are read."""
    layer = f"- {{kernel: 3, dilation: {rate}, padding: 0}}\n"
    text = f"dims: 1\nvars: {{r: 2}}\ninput: [9]\nlayers:\n{layer}{layer}"
    found = repair(text, "net.yaml", keep=0)
    assert (found.change, found.proven) == (1, True)
    assert solid(found.text)
    if rate == "2":
        assert sorted(dilations(repair(text, "net.yaml").text)) == [1, 3]


def test_a_number_that_cannot_be_read_otherwise_is_no_proof():
    """A shortcut holds the size that a number of padding gives, and a single one cannot move."""
    text = (
        "dims: 1\nvars: {r: 2}\ninput: [32]\nlayers:\n- residual:\n"
        "  - {kernel: 3, dilation: 2, padding: r}\n"
    )
    found = repair(text, "net.yaml", keep=0)
    assert not found.proven or found.repairs


def test_a_dilated_fusion_alone_at_its_resolution_is_repaired_where_the_field_may_shrink():
    """ICNet's fusions are stages of one layer: only a dilation of 1 leaves no hole there."""
    found = repair(zoo_text("icnet"), "icnet.yaml", keep=90)
    assert [(change.before, change.after) for change in found.changes] == [(2, 1), (2, 1)]
    assert found.proven


def test_none_says_that_what_has_no_hole_was_left_alone():
    """The field that the first stage loses could be had behind it, where no stage has a hole."""
    found = repair("dims: 1\nlayers: [{kernel: 3, dilation: 2}, {kernel: 3, stride: 2}, "
                   "{kernel: 3}, {kernel: 3}]\n", "net.yaml")  # fmt: skip
    assert found.text is None
    assert found.reason.endswith("; layers outside the stages with holes are left alone")
    found = repair("dims: 1\nlayers: [{kernel: 3, dilation: 2}]\n", "net.yaml")
    assert "left alone" not in found.reason


def test_a_number_that_can_only_be_lowered_is_followed_downwards():
    """A shortcut keeps the size: one cell more is refused, whatever the room."""
    most = 1 << 22
    text = f"dims: 1\nlayers: [{{kernel: 3, dilation: {most}}}, {{kernel: 3, dilation: {most}}}]"
    found = repair(text, "net.yaml", keep=0)
    assert "not numbers of the file" not in found.reason
