"""Is a user's file written whole or not at all, and refused before the work?"""

import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from rfcalc import files
from rfcalc.errors import RfcalcError
from tests.cli.processes import UNMEASURED
from tests.whole import sample

pytestmark = pytest.mark.slow


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


def test_a_dash_is_no_file_unless_its_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "standard output" in code(files.target, "-").help
    assert str(files.target("./-")) == "-"


def test_a_folder_is_not_a_file(tmp_path):
    assert code(files.target, tmp_path).code == "RF407"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    assert code(files.target, tmp_path / "a.png").code == "RF407"
    tmp_path.chmod(0o700)


def test_a_system_that_refuses_is_a_diagnostic(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "open", refuse)
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


def test_a_link_to_nothing_yet_is_written_through(tmp_path):
    (tmp_path / "link.txt").symlink_to("later.txt")
    files.write(files.target(tmp_path / "link.txt"), b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "later.txt").read_bytes() == b"new"


@pytest.mark.parametrize("names", [("a.txt",), ("a.txt", "b.txt")])
def test_a_link_that_leads_to_itself_is_refused_and_stays(tmp_path, names):
    for name, leads_to in zip(names, names[1:] + names[:1], strict=True):
        (tmp_path / name).symlink_to(leads_to)
    for call in (files.target, lambda path: files.write(path, b"x")):
        assert "leads to itself" in code(call, tmp_path / "a.txt").message
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names)
    assert all((tmp_path / name).is_symlink() for name in names)


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "\0"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path, name):
    assert code(files.target, tmp_path / name).code == "RF407"
    assert code(files.write, tmp_path / name, b"x").code == "RF407"
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_for_others_is_at_no_moment(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o600)
    seen = []

    def watched(handle):
        seen.extend(stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir())

    monkeypatch.setattr(files.os, "fsync", watched)
    files.write(path, b"new")
    assert seen == [0o600, 0o600]


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may write for others")
def test_the_superuser_leaves_a_file_to_its_owner(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    os.chown(path, 12345, 12345)
    files.write(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12345)


def test_a_system_without_owners_of_files_keeps_what_it_can(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "sys", SimpleNamespace(platform="win32"))
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    files.write(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_read_only_file_is_refused_before_the_work(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o400)
    # The superuser may write even here.
    monkeypatch.setattr(files.os, "access", lambda path, mode: mode != os.W_OK)
    assert "read-only" in code(files.target, path).message


def test_a_full_disk_keeps_the_old_file(tmp_path):
    """A file may not grow beyond a limit here, as on a disk that is full."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        found = code(files.write, path, bytes(1 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert found.code == "RF407"
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


WRITER = """
import signal
import sys
from rfcalc import files
from rfcalc.cli import stoppable
from tests.whole import sample
# What a shell runs beside itself ignores these, or under nohup, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
stoppable()
print("ready", flush=True)
try:
    while True:
        for letter in sys.argv[2].encode():
            files.write(sys.argv[1], bytes([letter]) * (1 << 21))
except KeyboardInterrupt:
    sys.exit(130)
"""


def writer(path, letters):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), letters], stdout=subprocess.PIPE, env=UNMEASURED
    )
    assert child.stdout.readline() == b"ready\n"
    return child


def whole(path, letters):
    """Whether a file holds one letter alone, as often as was written."""
    held = path.read_bytes()
    return (
        len(held) == 1 << 21
        and held[:1] in {bytes([c]) for c in letters.encode()}
        and (held == held[:1] * len(held))
    )


ENDS = {signal.SIGKILL: -9, signal.SIGINT: 130} | {
    kill: 128 + kill for kill in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU)
}
"""Exit status after each signal."""


@pytest.mark.parametrize("kill", sample(ENDS, 3))
def test_a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new(tmp_path, kill):
    path = tmp_path / "a.bin"
    path.write_bytes(b"o" * (1 << 21))
    draw = random.Random(int(kill))
    for _ in range(8):
        child = writer(path, "ab")
        time.sleep(draw.random() * 0.02)
        child.send_signal(kill)
        status = child.wait(timeout=30)
        child.stdout.close()
        assert status == ENDS[kill]
        assert whole(path, "oab")
        if kill != signal.SIGKILL:
            assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_writers_at_once_do_not_mix_and_a_reader_sees_whole_files(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"a" * (1 << 21))
    children = [writer(path, letters) for letters in ("ab", "cd")]
    seen = set()
    try:
        until = time.monotonic() + 3
        while time.monotonic() < until or not seen & {b"c", b"d"}:
            assert whole(path, "abcd")
            seen.add(path.read_bytes()[:1])
            assert time.monotonic() < until + 30
    finally:
        for child in children:
            child.terminate()
            child.wait(timeout=30)
            child.stdout.close()
    assert len(seen) > 2
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]
