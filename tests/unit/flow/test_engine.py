"""The door of the engine: pure steps, plain states, foreseen refusals, timers of real calendars."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta

import pytest

from tests.unit.flow.drawing import evaluate, event, flows, model, nodes
from zhengtong.flow import Model, advance, listening, next_due, read_variables, start, waiting
from zhengtong.kit import Refused

AT = "2026-11-19T09:00:00"
BODY = nodes("startEvent", "s") + nodes("userTask", "a b") + nodes("endEvent", "e") + flows("s -> a -> b -> e")


def begin(drawn: Model, **more):
    return start(drawn, evaluate=evaluate, at=AT, **more)


def step(drawn: Model, state, **happening):
    return advance(drawn, state, happening, evaluate=evaluate, workdays=_skip_weekends)


def _skip_weekends(at: datetime, days: int) -> datetime:
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at


def test_a_state_is_plain_json_and_survives_being_stored():
    drawn = model(BODY)
    state, _ = begin(drawn, variables={"x": [1, {"y": None}]})
    stored = json.loads(json.dumps(state, sort_keys=True))
    after, _ = step(drawn, stored, type="complete", token="2")
    assert after == step(drawn, state, type="complete", token="2")[0]
    assert len(json.dumps(after)) < 400


def test_the_order_of_keys_in_the_store_changes_nothing():
    inner = nodes("multiInstanceLoopCharacteristics", "mi", "<loopCardinality>12</loopCardinality>")
    drawn = model(
        nodes("startEvent", "s") + nodes("receiveTask", "a", inner, messageRef="M") + flows("s -> a"),
        '<message id="M" name="m"/>',
    )
    state, _ = begin(drawn)
    shuffled = {**state, "tokens": dict(sorted(state["tokens"].items()))}
    assert list(shuffled["tokens"]) != list(state["tokens"])
    assert waiting(drawn, shuffled) == waiting(drawn, state)
    assert step(drawn, shuffled, type="message", name="m") == step(drawn, state, type="message", name="m")


def test_advance_leaves_the_state_it_was_given_as_it_was():
    drawn = model(BODY)
    state, _ = begin(drawn, variables={"x": 1})
    before = copy.deepcopy(state)
    step(drawn, state, type="complete", token=waiting(drawn, state)[0]["token"], variables={"x": 2})
    assert state == before


def test_a_state_does_not_grow_with_history():
    body = nodes("startEvent", "s") + nodes("userTask", "a") + nodes("exclusiveGateway", "g m") + nodes("endEvent", "e")
    drawn = model(body + flows("s -> m -> a -> g", "g -> e [done = true]", "g -> m [done != true]"))
    state, _ = begin(drawn)
    sizes = set()
    for _ in range(50):
        state, _ = step(
            drawn, state, type="complete", token=waiting(drawn, state)[0]["token"], variables={"done": False}
        )
        sizes.add(len(json.dumps({**state, "serial": 0, "tokens": list(state["tokens"].values())})))
    assert len(sizes) == 1


@pytest.mark.parametrize(
    ("happening", "code"),
    [
        ({"type": "complete", "token": "99"}, "flow.advance.no-token"),
        ({"type": "message", "name": "nothing"}, "flow.advance.nobody-listens"),
        ({"type": "retry", "token": "2"}, "flow.advance.no-incident"),
        ({"type": "dance"}, "flow.advance.unknown-event"),
    ],
)
def test_an_event_that_does_not_fit_is_refused_with_409(happening, code):
    drawn = model(BODY)
    state, _ = begin(drawn)
    with pytest.raises(Refused) as refusal:
        step(drawn, state, **happening)
    assert (refusal.value.code, refusal.value.status) == (code, 409)


def test_an_ended_instance_moves_no_more():
    drawn = model(nodes("startEvent", "s") + nodes("endEvent", "e") + flows("s -> e"))
    state, _ = begin(drawn)
    with pytest.raises(Refused) as refusal:
        step(drawn, state, type="variables", variables={})
    assert refusal.value.code == "flow.advance.ended"


def test_a_task_completed_twice_is_refused_the_second_time():
    drawn = model(BODY)
    state, _ = begin(drawn)
    after, _ = step(drawn, state, type="complete", token="2")
    with pytest.raises(Refused) as refusal:
        step(drawn, after, type="complete", token="2")
    assert refusal.value.code == "flow.advance.no-token"


def test_cancelling_takes_everything_away():
    drawn = model(BODY)
    state, effects = step(drawn, begin(drawn)[0], type="cancel")
    assert (state["status"], state["tokens"]) == ("cancelled", {})
    assert [effect["kind"] for effect in effects] == ["cancelled", "ended"]


def test_an_error_raised_by_a_task_goes_to_its_boundary():
    body = BODY + event("boundaryEvent", "x", "error:E", attachedToRef="a") + nodes("task", "h") + flows("x -> h -> e")
    drawn = model(body, '<error id="E" errorCode="no-stock"/>')
    state, effects = step(drawn, begin(drawn)[0], type="error", token="2", code="no-stock")
    assert state["status"] == "completed"
    assert [effect["element"] for effect in effects if effect["kind"] == "entered"] == ["h"]


def test_an_incident_is_retried_after_the_variables_are_put_right():
    body = nodes("startEvent", "s") + nodes("exclusiveGateway", "g") + nodes("userTask", "a b")
    drawn = model(body + flows("s -> g", "g -> a [x = 1]", "g -> b [x = 2]"))
    state, _ = begin(drawn, variables={"x": 9})
    assert waiting(drawn, state)[0]["for"] == "incident"
    state, _ = step(drawn, state, type="variables", variables={"x": 2})
    state, _ = step(drawn, state, type="retry", token=waiting(drawn, state)[0]["token"])
    assert [item["element"] for item in waiting(drawn, state)] == ["b"]


def test_a_loop_that_never_waits_is_refused_instead_of_running_for_ever():
    body = nodes("startEvent", "s") + nodes("exclusiveGateway", "g") + nodes("task", "a") + nodes("endEvent", "e")
    drawn = model(body + flows("s -> g -> a -> g", "g -> e [false]"))
    with pytest.raises(Refused) as refusal:
        begin(drawn)
    assert refusal.value.code == "flow.advance.endless"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("P3D", "2026-11-22T09:00:00"),
        ("P1M", "2026-12-19T09:00:00"),
        ("PT90M", "2026-11-19T10:30:00"),
        ("P3WD", "2026-11-24T09:00:00"),
        ("2026-12-31T00:00:00", "2026-12-31T00:00:00"),
        ("0 0/15 8-17 ? * MON-FRI", "2026-11-19T09:15:00"),
        ("0 8 1 * *", "2026-12-01T08:00:00"),
        ("0 0 9 29 2 ?", "2028-02-29T09:00:00"),
        ("1d 2h", "2026-11-20T11:00:00"),
        ("=wait", "2026-11-20T09:00:00"),
        ('=duration("PT2H")', "2026-11-19T11:00:00"),
        ("${date(&quot;2027-01-05&quot;)}", "2027-01-05T00:00:00"),
    ],
)
def test_a_timer_falls_due_as_its_text_says(text, due):
    body = nodes("startEvent", "s") + event("intermediateCatchEvent", "t", f"timer:{text}") + flows("s -> t")
    state, _ = start(model(body), evaluate=evaluate, at=AT, variables={"wait": "P1D"}, workdays=_skip_weekends)
    assert next_due(state) == due


def test_working_days_may_be_written_as_an_extension():
    inner = "<timerEventDefinition><extensionElements><zt:workdays>5</zt:workdays></extensionElements></timerEventDefinition>"
    drawn = model(nodes("startEvent", "s") + nodes("intermediateCatchEvent", "t", inner) + flows("s -> t"))
    state, _ = start(drawn, evaluate=evaluate, at=AT, workdays=_skip_weekends)
    assert next_due(state) == "2026-11-26T09:00:00"


def test_an_unreadable_timer_is_an_incident():
    drawn = model(nodes("startEvent", "s") + event("intermediateCatchEvent", "t", "timer:P3X") + flows("s -> t"))
    state, effects = begin(drawn)
    assert effects[-1]["code"] == "flow.timer.unreadable"
    assert waiting(drawn, state)[0]["for"] == "incident"


def test_time_fires_all_that_is_due_the_earliest_first():
    body = nodes("startEvent", "s") + nodes("parallelGateway", "g") + nodes("task", "a b")
    body += event("intermediateCatchEvent", "t1", "timer:P2D") + event("intermediateCatchEvent", "t2", "timer:P1D")
    drawn = model(body + flows("s -> g -> t1 -> a", "g -> t2 -> b"))
    state, effects = step(drawn, begin(drawn)[0], type="time", at="2026-11-25T00:00:00")
    assert [effect["element"] for effect in effects if effect["kind"] == "entered"] == ["b", "a"]
    assert state["status"] == "completed"


def test_listening_tells_who_would_react():
    body = BODY + event("boundaryEvent", "x", "message:M", attachedToRef="a", cancelActivity="false") + flows("x -> e")
    drawn = model(body, '<message id="M" name="withdraw"/>')
    state, _ = begin(drawn)
    assert [node.id for node in listening(drawn, state, "message")] == ["x"]
    after, _ = step(drawn, state, type="message", name="withdraw", variables={"by": "me"})
    assert after["scopes"]["0"]["vars"] == {"by": "me"}


def test_parallel_joins_in_two_instances_of_a_sub_process_do_not_mix():
    inner = nodes("multiInstanceLoopCharacteristics", "mi", "<loopCardinality>2</loopCardinality>")
    inner += (
        nodes("startEvent", "i")
        + nodes("parallelGateway", "g j")
        + nodes("userTask", "u v w")
        + flows("i -> g -> u -> j -> w", "g -> v -> j")
    )
    drawn = model(nodes("startEvent", "s") + nodes("subProcess", "p", inner) + flows("s -> p"))
    state, _ = begin(drawn)
    for element in ("u", "u"):
        token = next(item["token"] for item in waiting(drawn, state) if item["element"] == element)
        state, _ = step(drawn, state, type="complete", token=token)
    assert not any(item["element"] == "w" for item in waiting(drawn, state))


def test_an_unreadable_timer_is_set_anew_when_its_variable_is_put_right():
    drawn = model(nodes("startEvent", "s") + event("intermediateCatchEvent", "t", "timer:=wait") + flows("s -> t"))
    state, _ = begin(drawn)
    state, _ = step(drawn, state, type="variables", variables={"wait": "P2D"})
    state, _ = step(drawn, state, type="retry", token=waiting(drawn, state)[0]["token"])
    assert next_due(state) == "2026-11-21T09:00:00"


def test_the_variables_of_an_instance_and_of_one_item_can_be_read():
    inner = '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x"/>'
    drawn = model(nodes("startEvent", "s") + nodes("userTask", "a", inner) + flows("s -> a"))
    state, _ = begin(drawn, variables={"xs": [7, 8]})
    second = waiting(drawn, state)[1]["token"]
    assert read_variables(drawn, state) == {"xs": [7, 8]}
    assert read_variables(drawn, state, second) == {"xs": [7, 8], "x": 8, "loopCounter": 2}
