"""Models drawn of well-nested blocks never stick, whatever the order of work, and are found without fault."""

from __future__ import annotations

import json
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.flow.drawing import document, evaluate, model, nodes
from zhengtong.flow import Model, advance, check_model, list_differences, read_model, start, waiting, write_model

Block = tuple[
    str, tuple
]  # ("task",) | ("seq", blocks) | ("par" | "xor" | "or", blocks) | ("sub", block) | ("loop", block)

LEAVES = st.just(("task", ()))
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("seq"), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.tuples(st.sampled_from(["par", "xor", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.tuples(st.sampled_from(["sub", "loop"]), st.tuples(inner)),
    ),
    max_leaves=8,
)


class Drawing:
    """Draws a block between two nodes and returns its first and last node."""

    def __init__(self) -> None:
        self.numbers = count()
        self.out: list[list[str]] = [[]]
        self.places: list[str] = []

    def fresh(self, kind: str, **attributes: str) -> str:
        name = f"{kind[:3]}{next(self.numbers)}"
        self.out[-1].append(nodes(kind, name, **attributes))
        return name

    def flow(self, source: str, target: str, condition: str = "") -> None:
        said = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
        inner = said if condition else ""
        name = f"f{next(self.numbers)}"
        self.out[-1].append(
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )

    def draw(self, block: Block) -> tuple[str, str]:
        kind, inner = block
        return getattr(self, kind)(inner)

    def task(self, _: tuple) -> tuple[str, str]:
        name = self.fresh("userTask")
        return name, name

    def seq(self, blocks: tuple) -> tuple[str, str]:
        ends = [self.draw(block) for block in blocks]
        for (_, last), (first, _) in zip(ends, ends[1:], strict=False):
            self.flow(last, first)
        return ends[0][0], ends[-1][1]

    def par(self, blocks: tuple) -> tuple[str, str]:
        return self.branches("parallelGateway", blocks, "")

    def xor(self, blocks: tuple) -> tuple[str, str]:
        return self.branches("exclusiveGateway", blocks, "modulo(pick, {n}) = {i}")

    def alternatives(self, blocks: tuple) -> tuple[str, str]:
        return self.branches("inclusiveGateway", blocks, "modulo(pick, {i} + 2) = 0 or {i} = 0")

    def branches(self, kind: str, blocks: tuple, condition: str) -> tuple[str, str]:
        split, join = self.fresh(kind), self.fresh(kind)
        for index, block in enumerate(blocks):
            first, last = self.draw(block)
            self.flow(split, first, condition.format(i=index, n=len(blocks)))
            self.flow(last, join)
        return split, join

    def sub(self, blocks: tuple) -> tuple[str, str]:
        self.out.append([])
        self.frame(blocks[0])
        name = f"sub{next(self.numbers)}"
        inner = "".join(self.out.pop())
        self.out[-1].append(nodes("subProcess", name, inner))
        return name, name

    def loop(self, blocks: tuple) -> tuple[str, str]:
        merge, split = self.fresh("exclusiveGateway"), self.fresh("exclusiveGateway")
        first, last = self.draw(blocks[0])
        again = self.fresh("userTask")
        self.flow(merge, first)
        self.flow(last, split)
        self.flow(split, again, "rounds &lt; 1")
        self.flow(again, merge)
        leave = self.fresh("task")
        self.flow(split, leave, "rounds >= 1")
        return merge, leave

    def frame(self, block: Block) -> None:
        begin, end = self.fresh("startEvent"), self.fresh("endEvent")
        first, last = self.draw(block)
        self.flow(begin, first)
        self.flow(last, end)


setattr(Drawing, "or", Drawing.alternatives)


def drawn(block: Block) -> tuple[str, Model]:
    drawing = Drawing()
    drawing.frame(block)
    body = "".join(drawing.out[0])
    return body, model(body)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(block=BLOCKS, pick=st.integers(0, 30), order=st.randoms(use_true_random=False))
def test_every_order_of_work_brings_a_well_nested_model_to_its_end(block, pick, order):
    body, flow = drawn(block)
    assert [fault for fault in check_model(flow) if fault.is_serious] == []
    state, _ = start(flow, evaluate=evaluate, at="2026-01-01T00:00:00", variables={"pick": pick, "rounds": 0})
    for _ in range(300):
        if state["status"] != "active":
            break
        open_tasks = [item for item in waiting(flow, state) if item["for"] == "task"]
        assert open_tasks, body
        event = {
            "type": "complete",
            "token": order.choice(open_tasks)["token"],
            "variables": {"rounds": state["serial"] // 40},
        }
        again, effects = advance(flow, json.loads(json.dumps(state)), event, evaluate=evaluate)
        state, twice = advance(flow, state, event, evaluate=evaluate)
        assert (again, effects) == (state, twice)
    assert state["status"] == "completed"
    assert state["tokens"] == {}


@settings(deadline=None, max_examples=50)
@given(block=BLOCKS)
def test_writing_and_reading_a_model_loses_nothing(block):
    body, flow = drawn(block)
    again = read_model(write_model(flow))
    assert list_differences(flow, again) == []
    assert list_differences(read_model(document(body)), again) == []
