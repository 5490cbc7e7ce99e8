"""What is fuzzed? Each entry that takes what a stranger wrote, with how its inputs are changed."""

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.doors import DOORS
from tests.fuzz.mutation import Mutator, archived, mutate_bytes, mutate_json
from tests.fuzz.target import CORPUS, FOUND, Target, folder, refusals, text_of

__all__ = ["CORPUS", "FOUND", "TARGETS", "Target", "folder", "seeds"]


def reader(data: bytes) -> None:
    """The network file: every layer reads layers above it, on as many axes as the network has."""
    from rfcalc.spec import read_text

    text = text_of(data)
    network, faults = refusals(lambda: read_text(text, "net.yaml"))
    for fault in faults:
        if fault.at is not None:
            assert fault.at.text == text.splitlines()[fault.at.line - 1], fault.at
    if network is not None:
        assert 1 <= network.dims <= 3
        for position, node in enumerate(network.nodes):
            assert all(0 <= i < position for i in node.inputs), node.name
            assert node.size is None or len(node.size) == network.dims, node.name
            assert node.size is None or min(node.size) >= 1, node.name


def analysis(data: bytes) -> None:
    """The network file and every answer of ``analyze``, as JSON that parses."""
    from rfcalc.errors import LimitExceeded, NeedsSize
    from rfcalc.render.formats import RENDERERS
    from rfcalc.render.report import report_document
    from rfcalc.report import analyze
    from rfcalc.spec import read_text

    def answer() -> str:
        report = analyze(read_text(text_of(data), "net.yaml"))
        return RENDERERS["json"](report_document(report))

    with contextlib.suppress(LimitExceeded, NeedsSize):
        answered, _ = refusals(answer)
        assert answered is None or json.loads(answered)["layers"]


def chain(data: bytes) -> None:
    """The chain typed in place, which reads like the file it stands for."""
    from rfcalc.spec import chain_text, is_chain, read_inline, read_text

    text = text_of(data)
    if is_chain(text):
        network, _ = refusals(lambda: read_inline(text))
        if network is not None:
            again = read_text(chain_text(text), "net.yaml")
            assert [node.taps for node in again.nodes] == [node.taps for node in network.nodes]


def expression(data: bytes) -> None:
    """The integer expression, whose value is that of Python's own reading."""
    from rfcalc.spec.expressions import ExpressionFault, evaluate

    text, names = text_of(data), {"rate": 2, "n": 7, "_a": -3}
    try:
        value = evaluate(text, names)
    except ExpressionFault:
        return
    assert re.fullmatch(r"[\w\s()+\-*/]*", text), text
    assert value == eval(text.strip(), {"__builtins__": {}}, names), text


def gates(data: bytes) -> None:
    """The gates of ``pyproject.toml``."""
    from rfcalc.gates.settings import contradictions, settings

    place = folder() / "project"
    place.mkdir(exist_ok=True)
    (place / "pyproject.toml").write_bytes(data)
    found, _ = refusals(lambda: settings(place))
    if found is not None:
        assert all(contradictions(found.gates))


def labels(data: bytes) -> None:
    """Labels of objects: of three forms, each with an object at the least, none without extent."""
    from rfcalc.objects import read_objects, scaling

    place = folder()
    for suffix in (".json", ".csv", ".txt"):
        path = place / f"labels{suffix}"
        path.write_bytes(data)
        for rules in ({}, {"resize": "letterbox:64,64", "image": (30, 40)}):
            found, _ = refusals(lambda p=path, r=rules: read_objects(p, scaling(2, **r), 2))
            if found is not None:
                assert found.count >= 1, found
                assert all(min(sides) >= 1 and len(sides) == 2 for sides, _ in found.sides), found
                assert found.covered(found.largest) > 0, found


def _file(suffix: str) -> Callable[[bytes], None]:
    """Return the target of model files with a suffix, by the one door that all commands use."""

    def run(data: bytes) -> None:
        from rfcalc.loading import load

        path = folder() / f"model{suffix}"
        path.write_bytes(_whole(data, suffix))
        network, _ = refusals(lambda: load(path))
        if network is not None:
            for position, node in enumerate(network.nodes):
                assert all(0 <= i < position for i in node.inputs), node.name

    return run


ENTRIES = {".pt2": "m/models/model.json", ".keras": "config.json"}
"""Where an archive holds its graph."""


def _whole(data: bytes, suffix: str) -> bytes:
    """Return the file; the corpus holds an archive as its JSON text."""
    if suffix in ENTRIES and data[:1] in (b"{", b"["):
        return archived(data, ENTRIES[suffix], len(data) % 2 == 1)
    return data


def _archive(suffix: str) -> Mutator:
    """Return what changes the graph of an archive, seldom the archive's own bytes."""

    def change(data: bytes, random: Random) -> bytes:
        if data[:1] in (b"{", b"[") and random.random() < 0.95:
            return mutate_json(data, random)
        return mutate_bytes(_whole(data, suffix), random)

    return change


def onnx_fields(data: bytes, random: Random) -> bytes:
    """Return ONNX bytes after edits of their fields, or of the bytes as they stand."""
    from tests.fuzz.protobuf import mutate_message

    return mutate_bytes(data, random) if random.random() < 0.3 else mutate_message(data, random)


def command(data: bytes) -> None:
    """A command line drawn by the bytes; it ends in 0, 1 or 2 and says why in words."""
    from tests.fuzz.commands import arguments

    given = list(data)

    def pick(options: Sequence[Any]) -> Any:
        return options[(given.pop(0) if given else 0) % len(options)]

    run_command(arguments(pick))


def run_command(words: Sequence[str]) -> int:
    """Run a command line in this process and return its exit status, which is 0, 1 or 2.

    Raises
    ------
    AssertionError
        Another status, a trace, or 2 without a reason.
    """
    from rfcalc.cli import main

    place = _bench()
    before, streams = os.getcwd(), (sys.argv, sys.stdin, sys.stdout, sys.stderr)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    sys.argv = ["rfcalc", *words]
    sys.stdin, sys.stdout, sys.stderr = io.StringIO("layers: [{kernel: 3}]"), out, err
    os.chdir(place)
    try:
        main()
    except SystemExit as caught:
        status = caught.code or 0
    finally:
        os.chdir(before)
        sys.argv, sys.stdin, sys.stdout, sys.stderr = streams
    err.flush()
    said = err.buffer.getvalue().decode(errors="replace")  # pyright: ignore
    assert status in (0, 1, 2), (words, status)
    assert "Traceback" not in said, (words, said)
    assert status != 2 or said.strip() or not words, (words, said)
    return status


@cache
def _bench() -> Path:
    """Return a folder with good and bad files to work in."""
    place = folder() / "bench"
    (place / "folder.yaml").mkdir(parents=True)
    (place / "folder").mkdir()
    texts = {
        "good.yaml": "vars: {rate: 2}\ninput: [16, 16]\nlayers: [{kernel: 3, dilation: rate}]\n",
        "bad.yaml": "layers: [{kernel: 0}, relux]\n",
        "notes.txt": "k3",
        "empty.yaml": "",
        "a.json": '{"layers": [{"kernel": 3}]}',
        "pyproject.toml": "[tool.rfcalc]\nmin-rf = 3\n",
    }
    for name, text in texts.items():
        (place / name).write_text(text)
    for name in ("binary.yaml", "a.onnx", "a.keras", "a.pt2", "a.tflite"):
        (place / name).write_bytes(b"\xff\xfe\x00\x08")
    (place / "loop.yaml").symlink_to("loop.yaml")
    return place


GRAMMAR = (
    *("layers:", "kernel: ", "stride: ", "dilation: ", "padding: ", "same", "causal", "name: a"),
    *("from: a", "from: [a, input]", "residual: [", "parallel: [", "repeat: {times: 3, layers: ["),
    *("stack: {kernel: 3, dilations: [1, 2]}", "blocks: {a: {params: {s: 1}, layers: [", "vars: "),
    *(
        "dims: 1",
        "input: [9, 9]",
        "op: ",
        "add",
        "concat",
        "upsample: {scale: 2}",
        "maxpool",
        "&a ",
    ),
    *("*a", "<<: *a", "global_pool", "adaptive_pool: {output: 3}", "slice: {start: 1, step: 2}"),
    *("crop: {before: 1}", "pad: {after: 2}", "conv_transpose: {kernel: 3, stride: 2}", "]", "}"),
    *(
        "\n  - ",
        "!!python/object:os.system ",
        "---\n",
        "%YAML 1.1\n",
        "%TAG ! a:\n",
        "? ",
        ": ",
        "|\n",
    ),
    *(
        "2020-99-99",
        "0x10",
        "1_000",
        "9" * 50,
        "1:30",
        "~",
        "true",
        "1e999",
        ".nan",
        '"\\e"',
        "\x85",
    ),
)
CHAIN = ("k3", "k", ",", "s2", "d2", "p1", "x5", "k3x5", "65536", "65537", "4194305", " ", "0")
EXPRESSIONS = ("rate", "n", "_a", "+", "-", "*", "//", "(", ")", "1", "0", " ", "9" * 25, "**", "/")
TOML = (
    "[tool.rfcalc]\n",
    "min-rf = ",
    "no-holes = true\n",
    "layer = 'a'\n",
    "[[",
    "inf",
    "nan",
    "9" * 30,
)

LABELS = (
    '{"annotations": [{"bbox": [1, 2, 3.5, 4], "image_id": 1}], "images": [{"id": 1, "width": 9}]}',
    '"iscrowd": 1',
    "0 0.5 0.5 0.25 0.75\n",
    "width,height,image_width,image_height\n",
    "xmin,ymin,xmax,ymax\n",
    "3,4,30,40\n",
    "1e999",
    "nan",
    "-0",
    '"',
)

TARGETS: dict[str, Target] = {
    "reader": Target(reader, words=GRAMMAR),
    "analysis": Target(analysis, words=GRAMMAR),
    "chain": Target(chain, words=CHAIN),
    "expression": Target(expression, words=EXPRESSIONS),
    "gates": Target(gates, words=TOML),
    "labels": Target(labels, words=LABELS, seeds=[word.encode() for word in LABELS]),
    "command": Target(command),
    "onnx": Target(_file(".onnx"), onnx_fields, needs="rfcalc.importers.onnx"),
    "keras": Target(_file(".keras"), _archive(".keras"), needs="rfcalc.importers.keras"),
    "keras-json": Target(_file(".json"), mutate_json, needs="rfcalc.importers.keras"),
    "tflite": Target(_file(".tflite"), needs="rfcalc.importers.tflite"),
    "pt2": Target(_file(".pt2"), _archive(".pt2"), needs="rfcalc.importers.torch"),
    **DOORS,
}


def seeds(name: str) -> list[bytes]:
    """Return the corpus of a target, and what it once failed on."""
    shared = {"analysis": "reader", "keras-json": "keras"}.get(name, name)
    places = {CORPUS / name, CORPUS / shared, FOUND / name, FOUND / shared}
    found = [path for place in sorted(places) if place.is_dir() for path in sorted(place.iterdir())]
    return [path.read_bytes() for path in found] + list(TARGETS[name].seeds) or [b""]
