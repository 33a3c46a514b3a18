"""Drawings without any order: the engine may stick or refuse, but never breaks, doubles its state or loses a scope."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.flow.drawing import evaluate, event, flows, model, nodes
from zhengtong.flow import Stage, advance, check_model, plan_migration, start, waiting
from zhengtong.flow.engine import moves
from zhengtong.kit import Refused

ROOTS = '<signal id="S" name="go"/><message id="M" name="m"/><error id="E" errorCode="1"/><escalation id="X" escalationCode="x"/>'
LOOPS = (
    "",
    "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>",
    '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>'
    "<completionCondition>numberOfCompletedInstances = 1</completionCondition></multiInstanceLoopCharacteristics>",
    '<standardLoopCharacteristics loopMaximum="2"><loopCondition>n &lt; 3</loopCondition></standardLoopCharacteristics>',
)
KINDS = (
    "userTask",
    "task",
    "scriptTask",
    "receiveTask",
    "sendTask",
    "callActivity",
    "subProcess",
    "transaction",
    "adHocSubProcess",
)
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway")
THROWN = ("signal:S", "message:M", "error:E", "escalation:X", "compensate", "terminate", "cancel", "link:L")
CAUGHT = ("signal:S", "message:M", "timer:PT1H", "conditional:n > 1", "link:L")
EDGES = (
    "signal:S",
    "message:M",
    "timer:PT1H",
    "cycle:R2/PT1H",
    "error:E",
    "error",
    "escalation:X",
    "cancel",
    "conditional:n = 2",
)


@st.composite
def containers(draw, name="", depth=0):
    """Draw the inside of a process or sub-process: nodes of any kind, flows between any two of them."""
    size = draw(st.integers(2, 6))
    names, body = [], []
    for index in range(size):
        node = f"{name}n{index}"
        family = draw(st.sampled_from(("activity", "activity", "gateway", "throw", "catch", "end")))
        if family == "activity":
            body.append(draw(activities(node, depth)))
        elif family == "gateway":
            body.append(nodes(draw(st.sampled_from(GATEWAYS)), node))
        elif family == "catch":
            body.append(event("intermediateCatchEvent", node, draw(st.sampled_from(CAUGHT))))
        else:
            kind = "endEvent" if family == "end" else "intermediateThrowEvent"
            body.append(event(kind, node, draw(st.sampled_from(THROWN))))
        names.append(node)
    body.append(nodes("startEvent", f"{name}s"))
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=8, unique=True))
    edges = [f"{name}s -> {names[0]}", *(f"{one} -> {other}" + draw(CONDITIONS) for one, other in pairs)]
    if draw(st.booleans()):
        trigger = draw(st.sampled_from(EDGES[:7]))
        inner = event("startEvent", f"{name}es", trigger, isInterrupting=draw(st.sampled_from(("true", "false"))))
        inner += nodes("userTask", f"{name}et") + flows(f"{name}es -> {name}et")
        body.append(nodes("subProcess", f"{name}e", inner, triggeredByEvent="true"))
    return "".join(body) + flows(*edges)


CONDITIONS = st.sampled_from(("", "", " [n < 2]", " [n >= 2]"))


@st.composite
def activities(draw, name, depth):
    """Draw an activity with perhaps a loop, a boundary event, a compensation handler."""
    kind = draw(st.sampled_from(KINDS if depth < 2 else KINDS[:5]))
    inner = draw(st.sampled_from(LOOPS))
    attributes = {}
    if kind == "scriptTask":
        inner += "<script>n = n + 1</script>"
    elif kind in ("subProcess", "transaction"):
        inner += draw(containers(f"{name}.", depth + 1))
    elif kind == "adHocSubProcess":
        inner += nodes("userTask", f"{name}.a {name}.b")
        attributes = {"ordering": draw(st.sampled_from(("Parallel", "Sequential")))}
    elif kind in ("receiveTask", "sendTask"):
        attributes = {"messageRef": "M"}
    elif kind == "callActivity":
        attributes = {"calledElement": draw(st.sampled_from(("Q", "elsewhere")))}
    drawn = nodes(kind, name, inner, **attributes)
    if draw(st.booleans()):
        interrupts = draw(st.sampled_from(("true", "false")))
        drawn += event(
            "boundaryEvent", f"{name}-b", draw(st.sampled_from(EDGES)), attachedToRef=name, cancelActivity=interrupts
        )
        drawn += nodes("userTask", f"{name}-h") + flows(f"{name}-b -> {name}-h")
    if draw(st.booleans()):
        drawn += event("boundaryEvent", f"{name}-c", "compensate", attachedToRef=name)
        drawn += nodes("task", f"{name}-u", isForCompensation="true")
        drawn += f'<association id="{name}-l" sourceRef="{name}-c" targetRef="{name}-u"/>'
    return drawn


@st.composite
def edges_of(draw, name, interrupts):
    """Draw a boundary event of one kind, or of several at once."""
    one, other = draw(st.sampled_from(EDGES)), draw(st.sampled_from(EDGES))
    single = event("boundaryEvent", f"{name}-b", one, attachedToRef=name, cancelActivity=interrupts)
    if draw(st.booleans()):
        return single
    second = event("boundaryEvent", "x", other).partition(">")[2]
    several = draw(st.sampled_from(("true", "false")))
    return single.replace("<boundaryEvent", f'<boundaryEvent parallelMultiple="{several}"').replace(
        "</boundaryEvent>", second
    )


CALLED = (
    '</process><process id="Q">'
    + nodes("startEvent", "qs")
    + nodes("userTask", "qt")
    + event("endEvent", "qe", "error:E")
)
CALLED += flows("qs -> qt -> qe")
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(("complete", "signal", "message", "time", "error", "variables", "retry")), st.integers(0, 9)
    ),
    max_size=12,
)


def well_formed(state) -> None:
    """Every token stands in a scope that is there, every scope but the root hangs on a token that is there."""
    for token in state["tokens"].values():
        assert token["in"] in state["scopes"]
        assert token.get("child", "0") in state["scopes"]
        assert "of" not in token or token["of"] in state["tokens"]
    for key, scope in state["scopes"].items():
        assert key == "0" or scope["host"] in state["tokens"] or scope["up"] in state["scopes"]
        if key != "0":
            assert state["tokens"][scope["host"]]["child"] == key
    if state["status"] != "active":
        assert state["tokens"] == {}
        assert list(state["scopes"]) == ["0"]


@pytest.fixture(autouse=True, scope="module")
def _short_breath():
    """Loops without waiting are part of the game; a small bound ends them soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moves, "BOUND_MOVES", 300)
        yield


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(body=containers(), happenings=HAPPENINGS)
def test_no_event_in_no_drawing_breaks_the_state(body, happenings):
    flow = model(body + CALLED, ROOTS)
    check_model(flow)
    try:
        state, _ = start(flow, evaluate=evaluate, at="2026-01-01T00:00:00", process="P", variables={"n": 0})
    except Refused as refusal:
        assert refusal.code == "flow.advance.endless"  # noqa: PT017
        return
    well_formed(state)
    for hour, (kind, number) in enumerate(happenings, 1):
        open_now = waiting(flow, state) or [{"token": "0"}]
        happening = {
            "type": kind,
            "at": f"2026-01-01T{hour:02}:30:00",
            "token": open_now[number % len(open_now)]["token"],
        }
        happening |= {"code": "1"} if kind == "error" else {"name": "go" if kind == "signal" else "m"}
        happening["variables"] = {"n": number}
        if kind == "message":
            del happening["token"]
        try:
            after, _ = advance(flow, json.loads(json.dumps(state)), happening, evaluate=evaluate)
        except Refused:
            continue
        well_formed(after)
        assert plan_migration(flow, flow, after).is_possible
        state = after


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(body=containers())
def test_a_headless_run_of_any_drawing_comes_to_an_end(body):
    stage = Stage(model(body + CALLED, ROOTS), evaluate=evaluate, variables={"n": 0})
    stage.bound_steps = 200
    assert stage.play(process="P").state
