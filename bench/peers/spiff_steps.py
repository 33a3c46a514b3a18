"""SpiffWorkflow as a peer, run by the Python of its own environment: `spiff_steps.py MODEL PROCESS STEPS`.

For each line read, a number of instances, it lives through them and writes how many it lived through a second.
"""

from __future__ import annotations

import sys
import time

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState


def main(model: str, process: str, steps: int) -> None:
    parser = BpmnParser()
    parser.add_bpmn_file(model)
    spec, serializer = parser.get_spec(process), BpmnWorkflowSerializer()
    for line in sys.stdin:
        started = time.perf_counter()
        for _ in range(int(line)):
            live(spec, serializer, steps)
        print(int(line) / (time.perf_counter() - started), flush=True)


def live(spec: object, serializer: BpmnWorkflowSerializer, steps: int) -> None:
    """Live through one instance, kept as JSON after every step and read back."""
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    kept = serializer.serialize_json(workflow)
    for step in range(steps):
        workflow = serializer.deserialize_json(kept)
        [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.set_data(**{f"v{step}": step})
        task.run()
        workflow.do_engine_steps()
        kept = serializer.serialize_json(workflow)
    if not workflow.is_completed():
        raise AssertionError("the instance did not end")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
