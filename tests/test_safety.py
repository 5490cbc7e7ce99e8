"""Does a file, or the folder rfcalc stands in, ever run code? Does anything reach the network?"""

import io
import json
import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rfcalc.cli import COMMANDS
from rfcalc.errors import RfcalcError
from rfcalc.loading import load, source_text
from rfcalc.scanning.items import listed
from tests.cli.test_streams import TALK, WRITE
from tests.fuzz.mutation import archived
from tests.fuzz.targets import CORPUS, run_command
from tests.whole import sample

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


class Bomb:
    """A pickle that leaves a mark when it is loaded."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (os.mkdir, (str(self.mark),))


@pytest.fixture
def bomb(tmp_path):
    """The bytes of a pickle, and the mark it leaves; it works, or the tests show nothing."""
    mark = tmp_path / "mark"
    data = pickle.dumps(Bomb(mark))
    pickle.loads(data)
    mark.rmdir()
    return data, mark


def packed(path, **entries):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_pickles_in_a_pt2_archive_are_not_opened(bomb, tmp_path):
    data, mark = bomb
    graph = (CORPUS / "pt2" / "residual").read_bytes()
    path = packed(
        tmp_path / "a.pt2",
        **{
            "a/models/model.json": graph,
            "a/data/sample_inputs/model.pt": data,
            "a/data/weights/weight_0": data,
            "a/data.pkl": data,
        },
    )
    assert len(load(path).nodes) > 3
    assert not mark.exists()


@pytest.mark.parametrize(
    "name", ["a.pt2", "a.keras", "a.onnx", "a.tflite", "a.pt", "a.pth", "a.pkl", "a.json"]
)
def test_a_pickle_under_the_name_of_a_model_is_refused(bomb, tmp_path, name):
    data, mark = bomb
    for held in (data, archived(data, "archive/data.pkl")):
        (tmp_path / name).write_bytes(held)
        with pytest.raises(RfcalcError):
            load(tmp_path / name)
    assert not mark.exists()


def keras(layer):
    """A Keras configuration with one layer more than an input."""
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 1], "name": "i"}}
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [first, layer]}}


@pytest.mark.parametrize("kind", ["Lambda", "os>system", "CustomLayer"])
def test_code_in_a_keras_file_is_refused_by_name(bomb, tmp_path, kind):
    data, mark = bomb
    code = {"class_name": "__lambda__", "config": {"code": data.hex(), "module": "builtins"}}
    layer = {
        "class_name": kind,
        "module": "os",
        "registered_name": kind,
        "config": {"name": "evil", "function": code, "arguments": {}},
    }
    text = json.dumps(keras(layer))
    path = packed(tmp_path / "a.keras", **{"config.json": text, "model.weights.h5": data})
    (tmp_path / "a.json").write_text(text)
    for held in (path, tmp_path / "a.json"):
        with pytest.raises(RfcalcError) as caught:
            load(held)
        assert kind.split(">")[0] in str(caught.value)
    assert not mark.exists()


YAML = [
    "!!python/object/apply:os.mkdir [{}]",
    "layers: [!!python/object/apply:os.mkdir [{}]]",
    "layers: [{{kernel: !!python/object/new:os.mkdir [{}]}}]",
    "layers: [{{kernel: !!python/name:os.mkdir '{}'}}]",
    "vars: {{a: !<tag:yaml.org,2002:python/object/apply:os.mkdir> [{}]}}\nlayers: [relu]",
    "layers: [{{kernel: \"__import__('os').mkdir('{}')\"}}]",
]


@pytest.mark.parametrize("text", YAML)
def test_tags_and_expressions_of_a_network_file_run_nothing(tmp_path, text):
    mark = tmp_path / "mark"
    (tmp_path / "a.yaml").write_text(text.format(mark))
    with pytest.raises(RfcalcError):
        load(tmp_path / "a.yaml")
    assert not mark.exists()


def test_external_data_of_an_onnx_file_is_not_opened(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = onnx.ModelProto.FromString((CORPUS / "onnx" / "residual").read_bytes())
    pipe = tmp_path / "weights"
    os.mkfifo(pipe)  # whoever opens it waits for ever
    for tensor in model.graph.initializer:
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for location in ("weights", "/etc/passwd", "../../../../etc/passwd"):
            tensor.external_data.add(key="location", value=location)
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    code = f"import rfcalc; print(len(rfcalc.load({str(tmp_path / 'a.onnx')!r}).nodes))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert int(found.stdout) > 3


SHADOWS = ("yaml", "numpy", "typing", "typer", "rich", "msgspec", "matplotlib", "click", "signal")
STANDARD = ("json", "zipfile", "tomllib", "fractions", "difflib", "ast", "contextlib", "tempfile")


RUNPY = ("contextlib",)
"""What Python itself imports for `-m`, before a line of rfcalc runs; `-P` keeps it from that."""
WAYS = {
    "script": [sys.executable, "-P", "-c", "from rfcalc.__main__ import main; main()"],
    "module": [sys.executable, "-m", "rfcalc"],
    "safe module": [sys.executable, "-P", "-m", "rfcalc"],
}


RUN = [
    (["heatmap", "net.yaml", "-o", "a.png"], 0),
    (["analyze", "net.yaml"], 0),
    (["analyze", "net.yaml", "--format", "json"], 0),
    (["check", "net.yaml"], 0),
    (["nothing"], 2),
    (["analyze", "a.pt2"], 2),
]


@pytest.mark.parametrize("way", WAYS)
def test_modules_of_the_working_folder_are_not_imported(tmp_path, way):
    for name in {*SHADOWS, *STANDARD} - ({*RUNPY} if way == "module" else set()):
        (tmp_path / f"{name}.py").write_text("import os; os.mkdir('mark')\n")
    (tmp_path / "net.yaml").write_text("layers: [{kernel: 3, dilation: 2}]\n")
    (tmp_path / "pyproject.toml").write_text("[tool.rfcalc]\nmin-rf = 3\n")
    (tmp_path / "a.pt2").write_bytes(b"PK")
    begin = WAYS[way]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    for words, status in sample(RUN, len(RUN) if way == "module" else 2):
        done = subprocess.run(
            [*begin, *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert not (tmp_path / "mark").exists(), words


def test_the_installed_command_begins_where_python_m_does():
    import tomllib

    data = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert data["project"]["scripts"] == {"rfcalc": "rfcalc.__main__:main"}


@pytest.fixture
def _offline(monkeypatch):
    """Whatever opens a connection, or asks for an address, ends the test."""

    def refuse(*_, **__):
        raise AssertionError("something reaches for the network")

    for name in ("socket", "create_connection", "getaddrinfo", "socketpair"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize("command", [*TALK, *WRITE])
def test_no_command_reaches_the_network(command, tmp_path):
    words = (TALK | WRITE)[command].format(tmp_path).split()
    assert run_command(words) in (0, 1)
    assert words[0] in COMMANDS


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize("name", ["http://a.b/net.yaml", "https://a.b/m.onnx", "zoo:http://a.b"])
def test_an_address_is_no_network(name):
    with pytest.raises(RfcalcError):
        load(name)


def test_what_runs_code_says_so():
    """Naming a Python target is the one way in which a command runs code of the user's."""
    for held in (shutil.which("rfcalc") and ["rfcalc"], [sys.executable, "-m", "rfcalc"]):
        if held:
            done = subprocess.run(
                [*held, "analyze", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
            )
            assert "package.module:factory" in " ".join(done.stdout.split())
            assert "runs its code" in " ".join(done.stdout.split())


def test_only_the_reader_of_python_targets_imports_by_name():
    """No other file imports what a user names, loads pickles or evaluates text."""
    runs = r"import_module|__import__|exec_module|(?<![.\w])(exec|eval)\("
    runs += r"|pickle\.load|torch\.load|marshal"
    found = {
        path.relative_to(ROOT / "rfcalc").as_posix()
        for path in (ROOT / "rfcalc").rglob("*.py")
        if re.search(runs, path.read_text(encoding="utf-8"))
    }
    own = {
        *("__init__.py", "shown.py", "cli/__init__.py", "importers/tables.py"),  # rooms of rfcalc
        *("packages.py", "scanning/tree.py", "verification/preparing.py"),  # libraries by name
        *("tiling/stores.py", "verification/models.py", "verification/holding_onnx.py"),
        *("verification/inside.py", "gradients/measuring.py"),
        "effective/weights.py",  # torch.load with weights_only, which runs nothing
        "scanning/child.py",  # what its own parent process sends it
    }
    assert found - own == {"importers/torch/importing.py"}
    text = (ROOT / "rfcalc/effective/weights.py").read_text(encoding="utf-8")
    assert text.count("torch.load(") == text.count("weights_only=True") == 1


def test_an_archive_is_read_from_memory_alone(tmp_path):
    """Nothing is unpacked beside the file or into the temporary folder."""
    before = set(os.listdir("/tmp"))
    held = io.BytesIO(archived((CORPUS / "pt2" / "sound").read_bytes(), "m/models/model.json"))
    (tmp_path / "a.pt2").write_bytes(held.getvalue())
    load(tmp_path / "a.pt2")
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt2"]
    assert not {name for name in set(os.listdir("/tmp")) - before if "model.json" in name}


SPECIAL = ["a.yaml", "a.yml", "a.json", "a.pt2", "a.onnx", "a.keras", "a.tflite"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.parametrize("read", [load, source_text, listed])
def test_a_pipe_or_a_device_is_refused_before_it_is_opened(tmp_path, monkeypatch, name, read):
    """A pipe that nobody writes to would never be opened, and a device need not end."""
    if read is listed:
        name = f"list-{name}.txt"
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it is opened"))
    os.mkfifo(tmp_path / name)
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / name).symlink_to(os.devnull)
    for path in (tmp_path / name, tmp_path / "device" / name):
        with pytest.raises(RfcalcError, match=f"RF112 .*{name} is a device or a pipe"):
            read(str(path))


@pytest.mark.parametrize(
    "name", ["evil:x.yaml", "evil:x.json", "evil:x.pt2", "evil:x.PT", "evil:x", "evil:gone.onnx"]
)
def test_the_name_of_a_file_or_a_link_is_never_a_module_to_import(tmp_path, monkeypatch, name):
    (tmp_path / "evil.py").write_text("import os\nos.mkdir('mark')\n")
    if "gone" not in name:
        (tmp_path / name).symlink_to(tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RfcalcError, match=r"RF112|RF504|RF406"):
        load(name, input=(1, 3, 8, 8))
    with pytest.raises(RfcalcError, match="RF112"):
        source_text(name)
    assert not (tmp_path / "mark").exists()
    assert "evil" not in sys.modules
