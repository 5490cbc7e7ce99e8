"""Do errors name parameters below the command line, and flags on it?"""

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import rfcalc
from rfcalc.cli import COMMANDS, app
from rfcalc.cli.flags import translate, translate_all, translate_page
from rfcalc.codes import CODES
from rfcalc.errors import LimitExceeded, NeedsSize, RfcalcError, argument, fail, unanswered

HOME = Path(rfcalc.__file__).parent
FLAG = re.compile(r"(?<![\w-])--[a-z0]|(?<![\w-])-[ojq] ")
MARKED = re.compile(r"`(?:rfcalc\.[a-z_]+(?:\([^`]*\))?|[a-z]\w*=[^`]*)`")
OTHERS = {
    "loading/foreign.py": ("tf2onnx", "paddle2onnx", "ncnn", "pnnx"),
    "importers/onnx/model.py": ("pip install --upgrade onnx",),
    # The lines of a list are words of a command line.
    "scanning/items.py": ("--input", "--kwargs", "--submodule"),
    "library/scans.py": ("--input",),
}
"""Words of strings that hold options of other programs, or of a format of ours."""
PYTHON = {"--ax", "--axes", "--out-axes"}
"""What the flags would be of parameters that no command has."""


@cache
def texts(path):
    """Every string of a file, docstrings too, with ``0`` in place of what is put in."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    joined = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    pieces = {id(piece) for node in joined for piece in node.values}
    found = []
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            held = (
                piece.value if isinstance(piece, ast.Constant) else "0" for piece in node.values
            )
            found.append((node.lineno, "".join(held)))
        elif isinstance(getattr(node, "value", None), str) and id(node) not in pieces:
            found.append((node.lineno, node.value))
    return found


BELOW = sorted(
    path.relative_to(HOME).as_posix()
    for path in HOME.rglob("*.py")
    if path.relative_to(HOME).parts[0] != "cli"
)


@cache
def options():
    """The flags of every command, by its name."""
    group = typer.main.get_command(app)
    context = group.make_context("rfcalc", [], resilient_parsing=True)
    found = {name: group.get_command(context, name) for name in COMMANDS}
    flags = {
        name: {flag for parameter in command.params for flag in parameter.opts}
        for name, command in found.items()
    }
    return flags | {"": {flag for parameter in group.params for flag in parameter.opts}}


@cache
def known_flags():
    """The flags of all commands."""
    return frozenset().union(*options().values())


@pytest.mark.parametrize("name", BELOW)
def test_no_string_below_the_command_line_has_a_flag(name):
    for line, text in texts(HOME / name):
        if any(word in text for word in OTHERS.get(name, ())):
            continue
        assert not FLAG.search(text), f"{name}:{line}: {text}"


def test_strings_of_other_programs_are_there():
    for name, words in OTHERS.items():
        held = " ".join(text for _, text in texts(HOME / name))
        assert any(word in held for word in words)


KEPT_OUT = re.compile(
    r"\bleave (?:it |them |`\w+=` |--[a-z-]+ )?(?:out|away)\b|\bdoes not read(?:$|:)"
    r"|\bspeaks? of\b|\bhas its own mind\b|\bbest 1\b|\bsay so with\b"
    r"|\b(?:left|leaves?) aside\b|\btold apart\b|\b(?:is|are|be|was|were) told\b|\btold of\b",
    re.MULTILINE | re.IGNORECASE,
)
"""Phrasings that are read twice; say omit, cannot parse, is about, ignore, separate, report."""
ROOT = HOME.parent
WRITTEN = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "docs/made/*.py", "rfcalc/**/*.py", "rfcalc/**/*.yaml")
    for path in ROOT.glob(pattern)
)
"""What a user or a contributor reads: docs, messages, help, docstrings and comments."""


@pytest.mark.parametrize("name", WRITTEN)
def test_no_sentence_has_to_be_read_twice(name):
    held = (ROOT / name).read_text(encoding="utf-8")
    sentences = [(0, held)]
    if name.endswith(".py"):
        sentences = list(texts(ROOT / name))
        sentences += [(0, line.partition("#")[2]) for line in held.split("\n") if "# " in line]
    for line, text in sentences:
        found = KEPT_OUT.search(text)
        assert not found, f"{name}:{line}: {text[max(0, found.start() - 60) : found.end() + 60]}"


def test_phrasings_that_are_kept_out_are_found():
    for text in ("leave --input away", "It speaks of layers", "all faults are told", "LEFT ASIDE"):
        assert KEPT_OUT.search(text), text
    for text in ("omit --input", "leaves no grid", "was told_", "a layer that does not read it"):
        assert not KEPT_OUT.search(text), text


@pytest.mark.parametrize("name", BELOW)
def test_what_is_named_is_an_option_or_a_command(name):
    every = known_flags()
    for line, text in texts(HOME / name):
        for found in MARKED.findall(text):
            words = translate(found).split()
            assert "`" not in translate(found), f"{name}:{line}: {found}"
            known = every
            if words[0] == "rfcalc":
                assert words[1] in COMMANDS, f"{name}:{line}: {found}"
                known = options()[words[1]]
            flags = {word for word in words if re.fullmatch(r"--[a-z-]+|-[a-z]", word)}
            assert flags - PYTHON <= known, f"{name}:{line}: {found}"
            assert flags or words[0] == "rfcalc", f"{name}:{line}: {found}"


@pytest.mark.parametrize(
    ("text", "told"),
    {
        "omit `input=`": "omit --input",
        "`input=(H, W)`": "--input H,W",
        "`input=(1, 3, 224, 224)`": "--input 1,3,224,224",
        "`at=(I,)`": "--at I",
        "`frame=160`": "--frame 160",
        "`scale=0.5`": "--scale 0.5",
        "`dims=1`": "--dims 1",
        "`ignore_global=True`": "--ignore-global",
        "`layers=5, rf=65`": "--layers 5 --rf 65",
        "`layer='conv 1'`": "--layer 'conv 1'",
        "`layer='conv1'`": "--layer conv1",
        "`out=FILE.npz`": "-o FILE.npz",
        '`kwargs={"depth": False}`': "--kwargs '{\"depth\": false}'",
        "`axis=-1`": "--axis -1",
        "`rfcalc.sizes`": "rfcalc sizes",
        "`rfcalc.check(min_rf=...)`": "rfcalc check --min-rf",
        "`rfcalc.hdc_check('1,2', kernel=3)`": "rfcalc hdc-check 1,2 --kernel 3",
        "`rfcalc.tiling.run`": "`rfcalc.tiling.run`",
        "Add `input: [H, W]`": "Add `input: [H, W]`",
        "`dims`": "`dims`",
        "an odd ` alone": "an odd ` alone",
        "`layer=not python`": "--layer not python",
        "`layer=a b`": "layer=a b",
    }.items(),
)
def test_sentences_become_those_of_the_command_line(text, told):
    assert translate(text) == told
    assert translate(told) == told


@pytest.mark.parametrize(
    "name", ["c1", "a b", "it's", 'say "x"', "back`tick", "-o", "\u5c64", "a\nb"]
)
def test_any_name_is_written_and_read_back(name):
    import shlex

    words = shlex.split(translate(f"ask for `{argument('layer', name)}`, please"))
    assert words[:3] == ["ask", "for", "--layer"]
    assert words[3].removesuffix(",") == name
    assert words[4:] == ["please"]


def test_values_without_a_flag_are_handed_back():
    fault = fail("RF401", "no layer is named 'c9'", "the layers are c1, c2").diagnostics
    assert translate_all(fault) is fault
    assert translate_all({"a": ["`rf=`"], "b": (1, "`rf=`")}) == {"a": ["--rf"], "b": (1, "--rf")}


def test_a_page_keeps_its_scripts():
    page = "<script>let s = `input=${n}`;</script><p>`layer=&#x27;a b&#x27;`</p>"
    assert translate_page(page) == (
        "<script>let s = `input=${n}`;</script><p>--layer &#x27;a b&#x27;</p>"
    )


BAD = {
    "position without a size": lambda: rfcalc.mask("k3", at=(1, 1)),
    "position with a phase": lambda: rfcalc.mask("k3", at=(1, 1), phase=(0, 0), input=(8, 8)),
    "position of one axis": lambda: rfcalc.paths("k3", at=(1, 1, 1), input=(8, 8)),
    "position outside": lambda: rfcalc.mask("k3", at=(99, 1), input=(8, 8)),
    "phase that is not there": lambda: rfcalc.mask("k3", phase=(5, 5)),
    "input of other axes": lambda: rfcalc.analyze("k3", input=(8, 8, 8, 8)),
    "two inputs for one": lambda: rfcalc.load("k3", input=[(8, 8), (8, 8)]),
    "keyword of a chain": lambda: rfcalc.load("k3", kwargs={"depth": 3}),
    "submodule of a chain": lambda: rfcalc.load("k3", submodule="a"),
    "dims of a file": lambda: rfcalc.load("zoo:unet", dims=1),
    "layout of a chain": lambda: rfcalc.load("k3", layout=("NCHW",)),
    "variable of a chain": lambda: rfcalc.load("k3", set={"rate": 2}),
    "no shape for a factory": lambda: rfcalc.load("torch.nn:Identity"),
    "dilations for a network": lambda: rfcalc.load("1,2,5"),
    "folder for a network": lambda: rfcalc.load("/"),
    "script for a network": lambda: rfcalc.load("unet.py"),
    "mask without an end": lambda: rfcalc.mask([{"op": "attention"}]),
    "paths without an end": lambda: rfcalc.paths([{"op": "attention"}]),
    "layer above the source": lambda: rfcalc.mask("k3,k3", layer="conv1", source="conv2"),
    "unknown layer": lambda: rfcalc.where("k3", layer="c9"),
    "place of one axis": lambda: rfcalc.where("k3", at=(1,)),
    "design of nothing": lambda: rfcalc.design(),
    "design without a field": lambda: rfcalc.design(3, at_least=True),
    "rates that do not read": lambda: rfcalc.hdc_check("1,x"),
    "stride of other length": lambda: rfcalc.hdc_check([1, 2], stride=[1, 2, 3]),
    "verify too far": lambda: rfcalc.verify("k3", input=(10**6, 10**6)),
    "verify other axes": lambda: rfcalc.verify(rfcalc.load("k3"), input=(9, 9, 9)),
    "no positions": lambda: rfcalc.verify("k3", positions=0),
    "erf of no model": lambda: rfcalc.erf("k3", images="none"),
    "sizes without objects": lambda: rfcalc.fit("k3", []),
    "scale and resize": lambda: rfcalc.fit("k3", [9], scale=0.5, resize="9,9"),
    "resize of letters": lambda: rfcalc.fit("k3", [9], resize="short:a"),
    "resize of other axes": lambda: rfcalc.fit("k3", [9], resize=(9,)),
    "panels on a picture": lambda: rfcalc.heatmap("k3", overlay="a.png", letters=True),
    "stage beside another network": lambda: rfcalc.heatmap("k3", compare="k3", stage=1),
    "connections in colours": lambda: rfcalc.heatmap([{"kernel": 3}], connections=True, cmap="hot"),
    "no scheduler": lambda: rfcalc.scan("examples", dask="host"),
    "jobs of a cluster": lambda: rfcalc.scan("examples", jobs=2, dask="tcp://host:1"),
    "cost of nothing": lambda: rfcalc.fix("k3,k3d2", rf=9, max_cost=0),
    "rate of letters": lambda: rfcalc.stream("k3", rate="a"),
    "frame without a rate": lambda: rfcalc.stream("k3", frame="10ms", axis=0),
    "share above all": lambda: rfcalc.fit("k3", [9], share=2),
    "source that is a layer": lambda: rfcalc.fit("k3,k3", [9], source="conv1"),
    "chain of letters": lambda: rfcalc.chain("k3x"),
    "size that is needed": lambda: rfcalc.paths([{"op": "adaptive_pool", "output": 2}]),
}
"""Bad inputs of the public functions."""


@pytest.mark.parametrize("case", BAD)
def test_errors_in_python_have_no_flag(case):
    with pytest.raises((RfcalcError, TypeError, LimitExceeded, NeedsSize)) as caught:
        BAD[case]()
    fault = caught.value
    told = str(unanswered(fault)) if isinstance(fault, (LimitExceeded, NeedsSize)) else str(fault)
    assert not FLAG.search(told), told


def told_by(*words):
    result = CliRunner().invoke(app, list(map(str, words)))
    return result.output + result.stderr + str(result.exception or "")


GRIDDED = "name: net\nlayers: [{kernel: 3, dilation: 2}, {kernel: 3, dilation: 2}]\n"
PRINTED = (
    *(f"analyze {{net}} -f {form}" for form in ("table", "json", "markdown", "latex", "csv")),
    *(f"check {{net}} --no-gridding --hdc -f {f}" for f in ("json", "sarif", "github", "junit")),
    "check {net} --no-gridding --no-config",
    "analyze zoo:mobilenet-v3",
    "heatmap zoo:mobilenet-v3 -o {out}.png",
    "export {net} --at 1,1 -o {out}.npy",
    "analyze {net} --stage 9",
    "tile {net}",
    "stream {net}",
    "compare {net} k3 --layer conv1",
    "fit {net} --sizes 99",
    "convert {net}",
    *(f"explain {code}" for code in CODES),
    "explain --format csv",
    "explain --format json",
)
"""Commands that say what their findings and errors advise."""


@pytest.mark.parametrize("line", PRINTED)
def test_the_command_line_prints_no_parameter(line, tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(GRIDDED)
    told = told_by(*line.format(net=net, out=tmp_path / "o").split())
    assert told.strip()
    assert not MARKED.search(told), told
    assert not re.search(r"rfcalc\.(?:analyze|fix|design|check|hdc_check)\b", told), told


def test_a_page_and_a_scan_print_no_parameter(tmp_path):
    (tmp_path / "net.yaml").write_text(GRIDDED)
    (tmp_path / "sized.yaml").write_text("layers: [{op: adaptive_pool, output: 2}]\n")
    told_by("report", tmp_path / "net.yaml", "-o", tmp_path / "page.html")
    page = re.sub(r"(?s)<script>.*?</script>", "", (tmp_path / "page.html").read_text())
    assert "rfcalc fix" in page
    assert not MARKED.search(page)
    told_by("scan", tmp_path, "-o", tmp_path / "lines.jsonl", "--jobs", 1)
    lines = [json.loads(line) for line in (tmp_path / "lines.jsonl").read_text().splitlines()]
    assert len(lines) == 2
    assert not MARKED.search(str(lines))
