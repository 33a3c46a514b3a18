"""The engine alone: a process of five user tasks, kept as JSON after every step and read back, beside SpiffWorkflow."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure
from bench.peers.environment import NoPeer, environment

STEPS = 5
ROUNDS, INSTANCES = 5, 40
PEER = "SpiffWorkflow"
SPIFF = Path(__file__).parents[1] / "peers/spiff_steps.py"
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="bench">
  <bpmn:process id="five" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>f0</bpmn:outgoing></bpmn:startEvent>
    {tasks}
    <bpmn:endEvent id="end"><bpmn:incoming>f5</bpmn:incoming></bpmn:endEvent>
    {flows}
  </bpmn:process>
</bpmn:definitions>"""


def model() -> str:
    """Return the process: start, five user tasks in a row, end."""
    nodes = ["start", *(f"t{number}" for number in range(1, STEPS + 1)), "end"]
    tasks = "".join(
        f'<bpmn:userTask id="t{n}" name="t{n}"><bpmn:incoming>f{n - 1}</bpmn:incoming>'
        f"<bpmn:outgoing>f{n}</bpmn:outgoing></bpmn:userTask>"
        for n in range(1, STEPS + 1)
    )
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{nodes[n]}" targetRef="{nodes[n + 1]}"/>' for n in range(STEPS + 1)
    )
    return MODEL.format(tasks=tasks, flows=flows)


def five_steps_beside_spiff() -> Figure:
    """Return instances a second of ours beside theirs, run in turn; theirs in an environment and a process of its own."""
    name, bar = "five user tasks, kept as JSON after each step, engine alone", ">= 20"
    ours = our_way()
    try:
        with tempfile.TemporaryDirectory() as folder, environment(PEER) as python:
            theirs = Path(folder) / "five.bpmn"
            theirs.write_text(model(), "utf-8")
            pairs = list(in_turn(ours, [str(python), str(SPIFF), str(theirs), "five", str(STEPS)]))
    except NoPeer as reason:
        return Figure(name, round(rate(ours), 1), "instances/s", PEER, bar=bar, note=str(reason))
    ratio = statistics.median(mine / other for mine, other in pairs)
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Figure(name, round(mine, 1), "instances/s", PEER, round(other, 1), round(ratio, 1), bar, ratio >= 20)


def in_turn(ours: Callable[[], None], words: list[str]) -> Iterator[tuple[float, float]]:
    """Yield a rate of ours and one of theirs, round by round; the first round of each warms up and is not told."""
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdin is not None
        assert peer.stdout is not None
        for number in range(ROUNDS + 1):
            mine = rate(ours)
            peer.stdin.write(f"{INSTANCES}\n")
            peer.stdin.flush()
            told = peer.stdout.readline()
            if not told:
                raise NoPeer("SpiffWorkflow ended early: see its complaint above")
            if number:
                yield mine, float(told)
        peer.stdin.close()


def rate(live: Callable[[], None]) -> float:
    started = time.perf_counter()
    for _ in range(INSTANCES):
        live()
    return INSTANCES / (time.perf_counter() - started)


def our_way() -> Callable[[], None]:
    from zhengtong.flow import advance, read_model, start, waiting

    read = read_model(model().encode())
    at = "2026-11-21T09:00:00+08:00"

    def evaluate(text: str, scope: object) -> object:
        raise AssertionError(f"nothing is evaluated here: {text} {scope}")

    def live() -> None:
        state, _ = start(read, evaluate=evaluate, at=at)
        kept = json.dumps(state)
        for step in range(STEPS):
            state = json.loads(kept)
            [task] = waiting(read, state)
            event = {"type": "complete", "token": task["token"], "variables": {f"v{step}": step}, "at": at}
            state, _ = advance(read, state, event, evaluate=evaluate)
            kept = json.dumps(state)
        if json.loads(kept)["status"] == "active":
            raise AssertionError("the instance did not end")

    return live
