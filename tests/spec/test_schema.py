"""Do the JSON Schema and the reader agree? Judged by a validator that knows neither."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rfcalc.errors import RfcalcError
from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES
from rfcalc.spec.about import ABOUT
from rfcalc.spec.parameters import parameters
from rfcalc.spec.schema import schema
from tests.json_schema import validator
from tests.spec.reading import net
from tests.whole import amount, sample

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "network.schema.json"
SCHEMA = schema()
VALIDATOR = validator(SCHEMA)
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ZOO = sorted((ROOT / "rfcalc" / "zoo").glob("*.yaml"))
BAD = sorted((ROOT / "tests" / "bad").glob("*.yaml"))

STRUCTURAL = {"RF102", "RF104", "RF105", "RF108", "RF109", "RF114"}
"""What a schema can see: keys, kinds, ranges."""
UNSEEN = {
    "RF102_of_a_block": "the parameters of a block are the file's own",
    "RF104_groups": "two parameters together",
    "RF104_scale_and_size": "two parameters together",
    "RF104_padding_word": "a word may be a variable",
    "RF104_word_for_a_number": "a word may be a variable",
    "RF104_word_in_a_padding_pair": "a word may be a variable",
    "RF104_yaml_base_60": "PyYAML alone reads 1:30 as 90",
    "RF104_yaml_no": "no without quotes",
    "RF105_absurd_input": "the reader bounds what is multiplied with the axes",
}
"""Structural faults that stay out of sight, and why."""


def tree(path):
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def taken(path):
    """Whether a plain YAML loader reads the file, and the validator takes it."""
    try:
        return VALIDATOR.is_valid(tree(path))
    except yaml.YAMLError:
        return False


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_published_schema_is_that_of_the_command():
    same = json.loads(PUBLISHED.read_text(encoding="utf-8")) == SCHEMA
    assert same, f"renew it: rfcalc schema -o docs/{PUBLISHED.name}"


@pytest.mark.parametrize("path", [*EXAMPLES, *sample(ZOO, 50)], ids=lambda path: path.stem)
def test_every_shipped_file_keeps_to_the_schema(path):
    VALIDATOR.validate(tree(path))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_tells_editors_where_the_schema_is(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    head, _, place = first.partition("$schema=")
    assert head == "# yaml-language-server: "
    assert (path.parent / place).resolve() == PUBLISHED


SEEN = [path for path in BAD if path.name.split("_")[0] in STRUCTURAL and path.stem not in UNSEEN]


@pytest.mark.parametrize("path", SEEN, ids=lambda path: path.stem)
def test_what_a_schema_can_see_of_a_bad_file_is_refused(path):
    assert not taken(path)


@pytest.mark.parametrize("name", UNSEEN)
def test_what_is_said_to_stay_out_of_sight_does(name):
    assert taken(ROOT / "tests" / "bad" / f"{name}.yaml")


def test_every_parameter_says_what_it_means():
    named = {one.name: one for layer in LAYERS.values() for one in parameters(layer).values()}
    assert all(one.about or one.name in ABOUT for one in named.values())
    assert set(ABOUT) <= set(named)


RIGHT = st.one_of(
    st.integers(1, 4),
    st.sampled_from(["d", "d*d", "(d + 1) // 2"]),
    st.lists(st.integers(1, 4), min_size=2, max_size=2),
)
WRONG = st.one_of(
    st.sampled_from([0, -1, 1 << 40, 2.5, True, None, "a.b", "valid", "zeros", [], [1], {}]),
    st.sampled_from([[None, 1], [1, None]]),
    st.just([[1, 1], [2, 0]]),
    st.just({"kernel": 3}),
)
KEYS = sorted({"strid", "op2", *(name for layer in LAYERS.values() for name in parameters(layer))})


@st.composite
def ops(draw):
    """A layer of one op in one of its spellings, right or with something amiss."""
    word = draw(st.sampled_from([*LAYERS, *ALIASES]))
    found = parameters(LAYERS[ALIASES.get(word, word)])
    back = {name: alias for alias, name in PARAMETER_ALIASES.items()}
    body = {}
    for one in found.values():
        if draw(st.integers(0, 9)) < (9 if one.required else 3):
            key = back[one.name] if one.name in back and draw(st.booleans()) else one.name
            right = st.sampled_from(one.choices) if one.kind is str else RIGHT
            right = st.booleans() if one.kind is bool and not one.per_axis else right
            if one.name == "over":
                right = st.lists(st.booleans(), min_size=2, max_size=2)
            body[key] = draw(right if draw(st.integers(0, 19)) else WRONG)
    if not draw(st.integers(0, 9)):
        body[draw(st.sampled_from(KEYS))] = draw(RIGHT | WRONG)
    form = draw(st.integers(0, 3))
    if form == 0:
        return {"op": word, **body}
    if form == 1 and not body:
        return word
    return {word: body or None}


@st.composite
def written(draw):
    """A layer, with its op as the key or under ``op``, and with a name or with what is none."""
    layer = draw(ops() | CONSTRUCT)
    if isinstance(layer, dict) and len(layer) == 1 and draw(st.booleans()):
        ((word, body),) = layer.items()
        flat = isinstance(body, dict) and word not in KEYS and "op" not in body
        layer = {"op": word, **body} if flat else layer
    if isinstance(layer, dict) and layer and not draw(st.integers(0, 4)):
        layer = {**layer, "name": draw(st.uuids().map("n{}".format) | st.sampled_from([None, ""]))}
    return layer


LAYER = st.deferred(written)
LIST = st.lists(LAYER, max_size=2)
CONSTRUCT = st.one_of(
    st.fixed_dictionaries({"kernel": RIGHT}, optional={"dilation": RIGHT | WRONG}),
    st.fixed_dictionaries({"residual": LIST}, optional={"shortcut": LIST}),
    st.builds(
        lambda branches, rest: {"parallel": {"branches": branches, **rest}},
        st.lists(LIST, min_size=1, max_size=3),
        st.fixed_dictionaries({}, optional={"merge": st.sampled_from(["add", "max"])}),
    ),
    st.builds(
        lambda times, body, rest: {"repeat": {"times": times, "layers": body, **rest}},
        st.sampled_from([-1, 1, 2]),  # what is repeated no times is not read
        LIST,
        st.fixed_dictionaries({}, optional={"kernel": RIGHT}),
    ),
    st.builds(
        lambda rates, kernel, rest: {"stack": {**kernel, "dilations": rates, **rest}},
        st.lists(RIGHT, max_size=2) | st.integers(1, 3),
        st.sampled_from([{"kernel": 3}, {"kernel": 3}, {"kernel_size": 3}, {}]),
        st.fixed_dictionaries({}, optional={"stride": RIGHT | WRONG}),
    ),
    st.builds(lambda value: {"unit": {"rate": value}}, st.integers(1, 3) | st.just("d")),
    WRONG,
)
FILES = st.builds(
    lambda layers, rest: {
        "vars": {"d": 1},
        "blocks": {"unit": {"params": {"rate": 1}, "layers": [{"kernel": 3, "dilation": "rate"}]}},
        "layers": layers,
        **rest,
    },
    st.lists(LAYER, min_size=1, max_size=3),
    st.fixed_dictionaries({}, optional={"dims": st.sampled_from([2, 5]), "layer": LIST}),
)


def told(made):
    """The codes of the faults that the reader finds."""
    try:
        net(json.dumps(made))
    except RfcalcError as caught:
        return {fault.code for fault in caught.diagnostics}
    return set()


@settings(max_examples=amount(75, 150))
@given(FILES)
def test_the_schema_takes_what_the_reader_reads_and_no_key_or_range_that_is_amiss(made):
    found = told(made)
    if not any(code.startswith("RF1") or code == "RF205" for code in found):
        assert VALIDATOR.is_valid(made)
    elif found & {"RF102", "RF105", "RF108", "RF109"}:
        assert not VALIDATOR.is_valid(made)


PER_AXIS = [
    (op, one.name, one.kind)
    for op, layer in LAYERS.items()
    for one in parameters(layer).values()
    if one.per_axis or one.name == "padding"
]


@pytest.mark.parametrize(("op", "name", "kind"), PER_AXIS)
@pytest.mark.parametrize("gap", [0, 1])
def test_an_axis_left_empty_is_refused_by_both_or_by_none(op, name, kind, gap):
    body = {one.name: 1 for one in parameters(LAYERS[op]).values() if one.required}
    values = [True, True] if kind is bool else [1, 1]
    values[gap] = None
    made = {"layers": [{"op": op, **body, name: values}]}
    assert VALIDATOR.is_valid(made) == ("RF104" not in told(made))
    made["layers"][0][name] = [True if kind is bool else 1] * 2
    assert VALIDATOR.is_valid(made)


@pytest.mark.parametrize(
    ("stack", "right"),
    [
        ({"kernel": 3, "dilations": [1, 2]}, True),
        ({"kernel_size": 3, "dilations": 2}, True),
        ({"dilations": [1, 2]}, False),
        ({"dilations": 2}, False),
        ({"dilations": []}, True),
        ({"kernel": 3}, False),
    ],
)
def test_a_stack_needs_its_kernel_once_it_has_a_layer(stack, right):
    made = {"layers": ["relu", {"stack": stack}]}
    assert VALIDATOR.is_valid(made) == right
    assert told(made) == (set() if right else {"RF108"})


FLAT = [
    {"op": "repeat", "times": 2, "layers": [{"kernel": 3}]},
    {"op": "stack", "kernel": 3, "dilations": [1, 2]},
    {"op": "residual", "layers": [{"kernel": 3}], "shortcut": [{"kernel": 1}]},
    {"op": "parallel", "branches": [[{"kernel": 3}], []], "merge": "add"},
    {"op": "b", "rate": 2, "name": "out", "from": "input"},
    {"op": "b"},
]


@pytest.mark.parametrize("layer", FLAT, ids=lambda layer: "-".join(layer))
def test_a_construct_or_block_may_stand_under_op(layer):
    block = {"params": {"rate": 1}, "layers": [{"kernel": 3, "dilation": "rate"}]}
    made = {"blocks": {"b": block}, "layers": [layer]}
    assert told(made) == set()
    assert VALIDATOR.is_valid(made)
    made["layers"][0] = {**layer, "strid": {}}
    assert "RF102" in told(made)
    assert not VALIDATOR.is_valid(made)
