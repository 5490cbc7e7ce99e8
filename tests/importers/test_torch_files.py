"""Is the factory of a Python file read from that file, with the modules that stand beside it?"""

import sys

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.loading.kinds import code_file, is_target

pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")

NET = """\
from torch import nn

from {blocks} import rate


class Net(nn.Sequential):
    def __init__(self, more=0):
        super().__init__(nn.Conv2d(3, 4, 3, dilation=rate + more), nn.ReLU())
"""
SHAPE = (1, 3, 32, 32)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty working folder, with what Python knows of modules put back afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = dict(sys.modules)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - set(before):
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def written(folder, name="net.py", rate=2, blocks="blocks"):
    """A file with a network, whose dilation stands in the module beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "blocks.py").write_text(f"rate = {rate}\n")
    (folder / name).write_text(NET.format(blocks=blocks))
    return folder / name


def dilation(target, **options):
    return load(target, input=SHAPE, **options).nodes[1].layer.dilation[0]


def told(target):
    with pytest.raises(RfcalcError) as caught:
        load(target, input=SHAPE)
    return caught.value.diagnostics[0]


def test_a_file_is_read_by_its_path_from_anywhere(here):
    path = written(here / "far" / "away")
    assert dilation("far/away/net.py:Net") == dilation(f"{path}:Net") == 2
    assert dilation("far/away/net.py:Net", kwargs={"more": 3}) == 5


def test_files_of_one_name_are_each_read_with_what_stands_beside_them(here):
    rates = (2, 3, 4)
    for rate in rates:
        written(here / f"f{rate}", rate=rate)
    written(here, rate=7)
    for rate in (*rates, *reversed(rates)):
        assert dilation(f"f{rate}/net.py:Net") == rate
        assert dilation("net:Net") == dilation("./net.py:Net") == 7


def test_a_file_of_a_package_is_read_as_its_part(here):
    for rate, top in enumerate(("one", "two"), 2):
        written(here / top / "pack" / "inner", rate=rate, blocks=".blocks")
        for folder in ("pack", "pack/inner"):
            (here / top / folder / "__init__.py").write_text("")
    for _ in range(2):
        assert dilation("one/pack/inner/net.py:Net") == 2
        assert dilation("two/pack/inner/net.py:Net") == 3
    assert sys.modules["pack.inner.net"].__file__ == str(here / "two/pack/inner/net.py")


def test_a_folder_without_an_init_file_is_a_package_to_the_working_folder(here):
    for rate, top in enumerate(("one", "two"), 2):
        written(here / top / "space", rate=rate, blocks="space.blocks")
    for top, rate in (("one", 2), ("two", 3), ("one", 2)):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(here / top)
            assert dilation("space/net.py:Net") == dilation("space.net:Net") == rate


@pytest.mark.parametrize("name", ["random.py", "torch.py", "my-net.v2.py", "__main__.py"])
def test_a_file_may_bear_the_name_of_a_library_or_none_that_can_be_imported(here, name):
    known = {one: sys.modules.get(one) for one in ("random", "torch", "__main__")}
    written(here / "nets", name)
    assert dilation(f"nets/{name}:Net") == 2
    assert {one: sys.modules.get(one) for one in known} == known


def test_a_file_is_run_once_and_not_as_a_script(here):
    path = written(here)
    mark = "\nopen('runs', 'a').write(__name__ + '.')\n"
    path.write_text(path.read_text() + mark)
    assert dilation("net.py:Net") == dilation("net.py:Net") == dilation("net:Net") == 2
    assert (here / "runs").read_text() == "net."


@pytest.mark.parametrize(
    ("text", "code", "message", "help"),
    [
        ("import nobodys", "RF506", "'net.py' needs 'nobodys', which is missing", "pip install"),
        ("1 / 0", "RF507", "importing 'net.py' raised ZeroDivisionError", "this comes from"),
        ("def f(:", "RF507", "importing 'net.py' raised SyntaxError", "this comes from"),
        ("from . import blocks", "RF507", "importing 'net.py' raised ImportError", "__init__.py"),
        ("n = 3", "RF506", "'net.py' has no 'Net'", ""),
    ],
)
def test_what_keeps_a_file_from_being_read_is_told(here, text, code, message, help):
    (here / "net.py").write_text(text)
    for _ in range(2):
        fault = told("net.py:Net")
        assert fault.code == code
        assert fault.message.startswith(message)
        assert help in fault.help
    written(here)
    assert dilation("net.py:Net") == 2 if text != "n = 3" else told("net.py:Net")


def test_a_file_that_is_not_there_is_named_with_one_that_is(here):
    written(here / "nets", "unet.py")
    fault = told("nets/unte.py:Net")
    assert (fault.code, fault.message) == ("RF112", "there is no file 'nets/unte.py'")
    assert fault.help == "did you mean 'nets/unet.py:Net'?"
    (here / "dir.py").mkdir()
    assert told("dir.py:Net").message == "there is no file 'dir.py'"


def test_what_names_a_file_of_code():
    assert code_file("a/b.py:C") == "a/b.py"
    assert code_file("b.py:C.d") == "b.py"
    assert code_file("C:\\a\\b.py:C") == "C:\\a\\b.py"
    for name in ("b:C", "b.py", "b.py:", "b.py:3", "zoo:unet", "k3", "b.yaml", "b.py:C()"):
        assert code_file(name) is None
    assert not is_target("b.py:x.yaml")
    assert not is_target("zoo:b.py:C")
