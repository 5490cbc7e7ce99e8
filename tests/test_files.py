"""Is a user's file written whole or not at all, and refused before the work?"""

import os
import stat

import pytest

from rfcalc import files
from rfcalc.errors import RfcalcError


def code(call, *args):
    with pytest.raises(RfcalcError) as caught:
        call(*args)
    return caught.value.diagnostics[0]


def test_a_check_leaves_nothing_behind(tmp_path):
    path = tmp_path / "a.png"
    assert files.target(path, (".png",)) == path
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_names_those_that_exist(tmp_path):
    for name in ("a.bmp", "a", "a.png.bak"):
        found = code(files.target, tmp_path / name, (".png", ".svg"))
        assert found.code == "RF408"
        assert ".png, .svg" in found.help
    assert files.target(tmp_path / "A.PNG", (".png",)).name == "A.PNG"


def test_a_missing_folder_is_refused_by_check_and_write(tmp_path):
    assert code(files.target, tmp_path / "no" / "a.png").code == "RF407"
    assert code(files.write, tmp_path / "no" / "a.png", b"x").code == "RF407"


def test_a_folder_is_not_a_file(tmp_path):
    assert code(files.target, tmp_path).code == "RF407"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    assert code(files.target, tmp_path / "a.png").code == "RF407"
    tmp_path.chmod(0o700)


def test_a_system_that_refuses_is_a_diagnostic(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    assert "Permission denied" in code(files.target, tmp_path / "a.png").message
    assert code(files.write, tmp_path / "a.png", b"x").code == "RF407"


def test_a_failure_while_writing_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", refuse)
    assert "No space left" in code(files.write, path, b"new").message
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_written_bytes_replace_the_file_and_keep_its_permissions(tmp_path):
    path = tmp_path / "a.txt"
    files.write(path, b"one")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    path.chmod(0o640)
    files.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.txt").write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    files.write(files.target(tmp_path / "link.txt"), b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


def test_a_device_is_written_to_and_not_replaced():
    files.write(files.target("/dev/null"), b"gone")
    assert not os.path.isfile("/dev/null")
