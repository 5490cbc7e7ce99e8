"""Do the workflows of the public forge run what there is, on the Pythons that are declared?"""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

import rfcalc
from tests.readme import ROOT

BIN = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps(path):
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_workflow_runs_or_installs_is_there(path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [step["run"] for step in steps(path) if "run" in step]
    for line in lines:
        for file in re.findall(r"(?<![\w/])(?:\.ci|rfcalc|tests)/[\w./]+", line):
            assert (ROOT / file).exists(), line
        for extras in re.findall(r'"\.\[([a-z,]+)\]"', line):
            assert set(extras.split(",")) <= set(project["optional-dependencies"]), line
    assert all("uses" in step or "run" in step for step in steps(path))


def test_the_lowest_and_the_newest_python_are_tried_on_three_systems():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    (path,) = [path for path in WORKFLOWS if path.stem == "ci"]
    matrix = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == [declared[0], declared[-1]]
    assert {system.split("-")[0] for system in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_a_release_needs_a_tag_that_is_the_version():
    (path,) = [path for path in WORKFLOWS if path.stem == "release"]
    (line,) = [s["run"] for s in steps(path) if "GITHUB_REF_NAME" in s.get("run", "")]
    for tag, status in ((f"v{rfcalc.__version__}", 0), ("v9.9.9", 1)):
        made = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=os.environ | {"GITHUB_REF_NAME": tag}, check=False
        )
        assert made.returncode == status


@pytest.mark.parametrize(
    ("networks", "options", "status"),
    [("k3,k3d2", "--no-gridding --min-rf 7", 0), ("k3d2,k3d2 k3", "--no-gridding", 1)],
)
def test_the_action_checks_networks_and_annotates_failures(tmp_path, networks, options, status):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert all({"name", "shell", "run"} <= step.keys() for step in action["runs"]["steps"])
    (line,) = [s["run"] for s in action["runs"]["steps"] if s["name"] == "Check networks"]
    folder = os.path.dirname(shutil.which("rfcalc", path=BIN) or "")
    env = os.environ | {"NETWORKS": networks, "OPTIONS": options}
    env["PATH"] = os.pathsep.join([folder, env["PATH"]])
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == status
    assert done.stdout.count("::error ") == status
