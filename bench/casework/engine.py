"""The engine alone: a process of five user tasks, kept as JSON after every step and read back, beside SpiffWorkflow."""

from __future__ import annotations

import importlib.util
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure

STEPS = 5
ROUNDS, INSTANCES = 5, 40
PEER = "SpiffWorkflow"
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
    """Return instances a second of ours beside theirs, run in turn."""
    name, bar = "five user tasks, kept as JSON after each step, engine alone", ">= 20"
    ours = our_way()
    if importlib.util.find_spec("SpiffWorkflow") is None:
        return Figure(name, round(rate(ours), 1), "instances/s", PEER, bar=bar, note="SpiffWorkflow is not installed")
    with tempfile.TemporaryDirectory() as folder:
        theirs = their_way(Path(folder))
        pairs = [(rate(ours), rate(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / other for mine, other in pairs)
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Figure(name, round(mine, 1), "instances/s", PEER, round(other, 1), round(ratio, 1), bar, ratio >= 20)


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


def their_way(folder: Path) -> Callable[[], None]:
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.util.task import TaskState

    path = folder / "five.bpmn"
    path.write_text(model(), "utf-8")
    parser = BpmnParser()
    parser.add_bpmn_file(str(path))
    spec, serializer = parser.get_spec("five"), BpmnWorkflowSerializer()

    def live() -> None:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        kept = serializer.serialize_json(workflow)
        for step in range(STEPS):
            workflow = serializer.deserialize_json(kept)
            [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
            task.set_data(**{f"v{step}": step})
            task.run()
            workflow.do_engine_steps()
            kept = serializer.serialize_json(workflow)
        if not workflow.is_completed():
            raise AssertionError("the instance did not end")

    return live
