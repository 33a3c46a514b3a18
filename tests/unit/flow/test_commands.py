"""`python -m zhengtong.flow trace` and `check`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.unit.flow.drawing import document, flows, nodes
from zhengtong.flow.__main__ import main

GOOD = nodes("startEvent", "s") + nodes("userTask", "a b") + nodes("exclusiveGateway", "g", default="g-b")
GOOD += nodes("endEvent", "e") + flows("s -> g", "g -> a [x > 1]", "g -> b", "a -> e", "b -> e")


@pytest.fixture
def path(tmp_path):
    def write(body: str) -> str:
        file = tmp_path / "m.bpmn"
        file.write_bytes(document(body))
        return str(file)

    return write


def test_trace_prints_json_with_the_sequence_variables_and_end_state(path, capsys):
    assert main(["trace", path(GOOD), "--input", '{"x": 2, "$tasks": {"a": {"y": 3}}}', "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["entered"], told["completed"]) == ("completed", ["a"], ["a"])
    assert told["variables"] == {"x": 2, "y": 3}
    assert [line["what"] for line in told["trace"]] == ["caught", "passed", "entered", "completed", "thrown", "ended"]


def test_trace_prints_lines_for_people(path, capsys):
    assert main(["trace", path(GOOD), "--input", '{"x": 0}']) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "state     completed"
    assert any(line.split()[:2] == ["entered", "b"] for line in lines)


def test_check_of_a_good_model_returns_0_and_of_a_bad_one_1_with_its_faults(path, capsys):
    assert main(["check", path(GOOD)]) == 0
    assert main(["check", path(GOOD + flows("e -> a")), "--json"]) == 1
    assert "flow.check.end-with-outgoing" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["check", "missing.bpmn"], ["trace", "missing.bpmn"]])
def test_an_unreadable_file_returns_2_and_says_why(arguments, capsys):
    assert main(arguments) == 2
    assert "missing.bpmn" in capsys.readouterr().err


def test_input_that_is_no_object_is_refused(path, capsys):
    assert main(["trace", path(GOOD), "--input", "{1"]) == 2
    assert "flow.trace.bad-input" in capsys.readouterr().err


def test_the_module_runs_by_its_name(path):
    done = subprocess.run(
        [sys.executable, "-m", "zhengtong.flow", "check", path(GOOD)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
