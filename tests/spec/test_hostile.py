"""Does hostile input end in a clear fault, in bounded time, and never in a stack trace?"""

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.codes import CODES
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.spec import read_text
from tests.spec.reading import SECONDS, net


def bomb(levels):
    lines = ["a0: &a0 [{kernel: 3}]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join([*lines, f"layers: *a{levels - 1}"])


def parallel_bomb(levels):
    """Aliases in places where layers may stand: each level doubles."""
    lines = ["x0: &x0 {kernel: 1}"]
    lines += [f"x{i}: &x{i} {{residual: [*x{i - 1}, *x{i - 1}]}}" for i in range(1, levels)]
    return "\n".join([*lines, f"layers: [*x{levels - 1}]"])


HOSTILE = {
    "aliases that explode": bomb(12),
    "aliases that double layers": parallel_bomb(30),
    "an alias of itself": "layers: &a [*a]",
    "a mapping that holds itself": "&a {layers: [{kernel: 3}], vars: *a}",
    "merge keys that explode": "\n".join(
        ["m0: &m0 {kernel: 3}"]
        + [f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}]}}" for i in range(1, 14)]
        + ["layers: [*m13]"]
    ),
    "a merge key of itself": "layers:\n  - &a {<<: *a, kernel: 3}",
    "deep lists": "layers: " + "[" * 5000 + "]" * 5000,
    "deep mappings": "layers: " + "{a: " * 5000 + "1" + "}" * 5000,
    "deep unclosed": "[" * 100000,
    "deep blocks": "a: " + "\n".join(" " * i + "- a:" for i in range(1, 300)),
    "a repeat of a billion": "layers: [{repeat: {times: 1000000000, layers: [{kernel: 3}]}}]",
    "repeats in repeats": "layers: "
    + "[{repeat: {times: 100, layers: " * 9
    + "[{kernel: 3}]"
    + "}}]" * 9,
    "repeats of nothing": "layers: " + "[{repeat: {times: 65536, layers: " * 3 + "[]" + "}}]" * 3,
    "a kernel of 10^9": "layers: [{kernel: 1000000000}]",
    "an integer of 10,000 digits": f"layers: [{{kernel: {'9' * 10000}}}]",
    "an integer of 10,000 digits as times": "layers: [{repeat: {layers: [], times: "
    + "9" * 10000
    + "}}]",
    "an integer of 10,000 digits as dims": f"dims: {'9' * 10000}\nlayers: [{{kernel: 3}}]",
    "an expression of 10,000 digits": f"vars: {{a: 1 + {'9' * 10000}}}\nlayers: [{{kernel: 3}}]",
    "infinity": "layers: [{kernel: 1e999}]",
    "infinity as a scale": "layers: [{upsample: {scale: 1e999}}]",
    "not a number as a scale": "layers: [{upsample: {scale: .nan}}]",
    "a block that uses itself": "blocks: {a: {layers: [a, a]}}\nlayers: [a]",
    "blocks that double": "blocks:\n"
    + "".join(f"  b{i}: {{layers: [b{i + 1}, b{i + 1}]}}\n" for i in range(31))
    + "  b31: {layers: []}\nlayers: [b0]",
    "a null byte": "layers: [{kernel: 3}]\0",
    "control characters": "layers: [\x07\x1b]",
    "half a surrogate pair": 'layers: ["\\ud800"]',
    "a name of control characters": 'layers: [{kernel: 0, name: "\\e[2J"}]',
    "a directive": "%YAML 9.9\n---\nlayers: [{kernel: 0}]",
    "many documents": "---\n" * 1000,
    "a binary tag": "layers: !!binary aGk=",
    "a set": "layers: !!set {a, b}",
    "a long line": "layers: [" + "{kernel: 0}, " * 3000 + "]",
    "a huge input": "input: [2147483648, 2147483648]\nlayers: [{kernel: 2, dilation: 0}]",
    "adaptive pooling to many cells": "input: [2147483647]\n"
    "layers: [{adaptive_pool: {output: 4194304}}]",
    "upsampling to many phases": "input: [4194301]\n"
    "layers: [{upsample: {size: 4194304, mode: linear}}]",
    "a window of many cells": "dims: 1\n"
    "layers: [{window_attention: {window: 4194304, dilation: 4194304}}]",
    "shuffles of shuffles": "dims: 1\nlayers: [{pixel_shuffle: {factor: 4096}}, {kernel: 3}, "
    "{conv_transpose: {kernel: 3, stride: 65536}}]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_end_in_a_clear_fault_and_bounded_time(text):
    begun = time.process_time()
    with pytest.raises(RfcalcError) as caught:
        growth(net(text))
    assert time.process_time() - begun < SECONDS
    assert all(fault.code in CODES for fault in caught.value.diagnostics)
    assert len(str(caught.value)) < 2_000_000


@pytest.mark.parametrize("levels", [70, 400, 1100])
def test_depth_is_refused_where_the_yaml_library_has_no_parser_in_c(levels, monkeypatch):
    monkeypatch.setattr("rfcalc.spec.text._LOADER", yaml.SafeLoader)
    (fault,) = refusals("- " * levels + "{kernel: 3}")
    assert fault.code == "RF113"
    assert "nests deeper than 64 levels" in fault.message


@pytest.mark.parametrize("text", [bomb(4), parallel_bomb(6)])
def test_a_few_aliases_are_no_attack(text):
    assert {fault.code for fault in refusals(text)} <= {"RF102", "RF109"}


def refusals(text):
    """The faults of a text, none when it is read and answered."""
    found = ()
    try:
        growth(net(text))
    except RfcalcError as caught:
        found = caught.diagnostics
    return found


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    assert all(fault.code in CODES and fault.message for fault in refusals(text))


WORDS = st.sampled_from(
    [
        *(
            "layers",
            "kernel",
            "name",
            "from",
            "residual",
            "parallel",
            "branches",
            "repeat",
            "times",
        ),
        *("stack", "dilations", "blocks", "params", "vars", "dims", "input", "op", "conv", "merge"),
        *("shortcut", "padding", "a", "b", "upsample", "scale", "size", "add", "global_pool", "<<"),
    ]
)
VALUES = st.one_of(st.integers(-2, 6), WORDS, st.none(), st.booleans(), st.just(2.5))
TREES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
)


@given(TREES | st.fixed_dictionaries({"layers": st.lists(TREES, max_size=4)}))
def test_any_tree_of_the_grammars_words_is_read_or_refused(tree):
    assert all(fault.code in CODES and fault.message for fault in refusals(json.dumps(tree)))


def test_json_may_write_a_character_as_a_pair_of_escapes():
    """Python's own json does so by default; what stands behind it keeps its place."""
    layers = [{"kernel": 3, "name": 'a🎉"\\ud83c\\udf89'}]
    read = read_text(json.dumps({"name": "🎉", "layers": layers}), "a.json")
    assert read.name == "🎉"
    assert read.nodes[-1].name == 'a🎉"\\ud83c\\udf89'
    text = json.dumps({"name": "🎉🎉", "layers": [{"kernel": 3, "dilatoin": 2}]})
    with pytest.raises(RfcalcError) as caught:
        read_text(text, "a.json")
    assert caught.value.diagnostics[0].at.column == text.index('"dilatoin"') + 1


@pytest.mark.parametrize("half", ["\\ud83c", "\\udf89", "\\udf89\\ud83c", "\\ud83cx\\udf89"])
def test_half_a_pair_is_a_fault(half):
    with pytest.raises(RfcalcError):
        read_text(f'{{"name": "{half}\\ud83c\\udf89", "layers": [{{"kernel": 3}}]}}', "a.json")
