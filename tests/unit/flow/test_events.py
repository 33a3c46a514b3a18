"""Events: caught, thrown, at boundaries, in event sub-processes."""

from __future__ import annotations

from tests.unit.flow.drawing import event, flows, model, nodes, play, told

START_END = nodes("startEvent", "s") + nodes("endEvent", "e")
SIGNAL = '<signal id="S" name="go"/>'
ERROR = '<error id="E1" errorCode="42"/><error id="E2" errorCode="43"/>'
ESCALATION = '<escalation id="X" escalationCode="late"/>'


def sub(name: str, inner: str, kind: str = "subProcess", **attributes: str) -> str:
    return nodes(kind, name, inner, **attributes)


def test_a_timer_fires_only_when_nothing_else_can_move():
    body = (
        START_END
        + nodes("parallelGateway", "g j")
        + nodes("userTask", "a")
        + event("intermediateCatchEvent", "t", "timer:PT1S")
    )
    result = play(model(body + flows("s -> g -> t -> j -> e", "g -> a -> j")))
    assert told(result) == "?s +a -a ?t !e"
    assert result.lines[-1].at == "2026-01-01T00:00:01"


def test_timers_fire_in_the_order_they_fall_due():
    body = START_END + nodes("parallelGateway", "g j") + nodes("task", "a b")
    body += event("intermediateCatchEvent", "late", "timer:P2D") + event("intermediateCatchEvent", "soon", "timer:PT3H")
    result = play(model(body + flows("s -> g -> late -> a -> j -> e", "g -> soon -> b -> j")))
    assert result.elements("entered") == ["b", "a"]


def test_an_event_gateway_goes_the_way_of_the_first_event():
    body = START_END + nodes("eventBasedGateway", "g") + nodes("task", "a b")
    body += event("intermediateCatchEvent", "c1", "timer:PT9S") + event("intermediateCatchEvent", "c2", "timer:PT1S")
    result = play(model(body + flows("s -> g -> c1 -> a -> e", "g -> c2 -> b -> e")))
    assert told(result) == "?s ?c2 +b -b !e"
    assert result.state == "completed"


def test_a_signal_reaches_all_who_listen_even_when_thrown_beside_them():
    body = START_END + nodes("parallelGateway", "g j") + event("intermediateThrowEvent", "t", "signal:S")
    body += event("intermediateCatchEvent", "c1", "signal:S") + event("intermediateCatchEvent", "c2", "signal:S")
    result = play(model(body + flows("s -> g -> t -> j -> e", "g -> c1 -> j", "g -> c2 -> j"), SIGNAL))
    assert told(result) == "?s !t ?c1 ?c2 !e"


def test_a_signal_nobody_listens_to_yet_is_lost():
    body = (
        START_END + event("intermediateThrowEvent", "t", "signal:S") + event("intermediateCatchEvent", "c", "signal:S")
    )
    result = play(model(body + flows("s -> t -> c -> e"), SIGNAL))
    assert (result.state, told(result)) == ("waiting", "?s !t")


def test_an_interrupting_boundary_takes_the_activity_away():
    body = (
        START_END
        + nodes("receiveTask", "r")
        + event("boundaryEvent", "b", "timer:PT1S", attachedToRef="r")
        + nodes("task", "a")
    )
    result = play(model(body + flows("s -> r -> e", "b -> a -> e")))
    assert told(result) == "?s +r xr ?b +a -a !e"


def test_a_boundary_that_does_not_interrupt_runs_beside_as_often_as_its_cycle_says():
    boundary = event("boundaryEvent", "b", "cycle:R3/PT1H", attachedToRef="r", cancelActivity="false")
    body = START_END + nodes("receiveTask", "r") + boundary + nodes("task", "remind")
    result = play(model(body + flows("s -> r -> e", "b -> remind")))
    assert result.elements("entered") == ["r", "remind", "remind", "remind"]
    assert result.elements("completed")[-1] == "r"


def test_a_user_task_completed_in_time_takes_its_boundary_timer_away():
    body = (
        START_END
        + nodes("userTask", "a")
        + event("boundaryEvent", "b", "timer:PT1S", attachedToRef="a")
        + nodes("task", "late")
    )
    result = play(model(body + flows("s -> a -> e", "b -> late -> e")))
    assert told(result) == "?s +a -a !e"


def test_an_error_end_is_caught_by_the_boundary_of_the_same_code():
    inner = nodes("startEvent", "i") + nodes("task", "a") + event("endEvent", "x", "error:E1") + flows("i -> a -> x")
    edges = event("boundaryEvent", "b43", "error:E2", attachedToRef="p") + event(
        "boundaryEvent", "b42", "error:E1", attachedToRef="p"
    )
    body = START_END + sub("p", inner) + edges + nodes("task", "h43 h42")
    result = play(model(body + flows("s -> p -> e", "b43 -> h43 -> e", "b42 -> h42 -> e"), ERROR))
    assert told(result) == "?s +p ?i +a -a !x xp ?b42 +h42 -h42 !e"


def test_an_error_no_boundary_names_is_caught_by_one_that_catches_all():
    inner = nodes("startEvent", "i") + event("endEvent", "x", "error:E1") + flows("i -> x")
    body = START_END + sub("p", sub("q", inner) + nodes("startEvent", "k") + flows("k -> q"))
    body += event("boundaryEvent", "b", "error", attachedToRef="p") + nodes("task", "h")
    result = play(model(body + flows("s -> p -> e", "b -> h -> e"), ERROR))
    assert result.elements("cancelled") == ["q", "p"]
    assert result.elements("entered")[-1] == "h"


def test_an_error_nobody_catches_fails_the_instance_with_its_code():
    body = nodes("startEvent", "s") + event("endEvent", "x", "error:E1") + flows("s -> x")
    result = play(model(body, ERROR))
    assert result.state == "failed"
    assert result.instances[0].state["error"] == "42"


def test_an_error_event_sub_process_stops_its_scope_and_runs_instead():
    handler = (
        event("startEvent", "hs", "error:E1") + nodes("task", "h") + nodes("endEvent", "he") + flows("hs -> h -> he")
    )
    inner = sub("hp", handler, triggeredByEvent="true") + nodes("startEvent", "i") + nodes("parallelGateway", "g")
    inner += (
        nodes("userTask", "w")
        + event("endEvent", "x", "error:E1")
        + nodes("endEvent", "we")
        + flows("i -> g -> w -> we", "g -> x")
    )
    body = START_END + sub("p", inner) + nodes("task", "after")
    result = play(model(body + flows("s -> p -> after -> e"), ERROR))
    assert told(result) == "?s +p ?i +w !x xw +hp ?hs +h -h !he -hp -p +after -after !e"


def test_an_escalation_beside_the_work_lets_it_go_on():
    inner = (
        nodes("startEvent", "i")
        + event("intermediateThrowEvent", "x", "escalation:X")
        + nodes("userTask", "a")
        + flows("i -> x -> a")
    )
    body = (
        START_END
        + sub("p", inner)
        + event("boundaryEvent", "b", "escalation:X", attachedToRef="p", cancelActivity="false")
    )
    result = play(model(body + nodes("task", "tell") + flows("s -> p -> e", "b -> tell"), ESCALATION))
    assert result.elements("completed") == ["tell", "a", "p"]


def test_an_interrupting_escalation_ends_the_sub_process():
    inner = (
        nodes("startEvent", "i")
        + event("intermediateThrowEvent", "x", "escalation:X")
        + nodes("userTask", "a")
        + flows("i -> x -> a")
    )
    body = START_END + sub("p", inner) + event("boundaryEvent", "b", "escalation:X", attachedToRef="p")
    result = play(model(body + nodes("task", "tell") + flows("s -> p -> e", "b -> tell"), ESCALATION))
    assert told(result) == "?s +p ?i !x xp ?b +tell -tell"


def test_an_escalation_nobody_catches_changes_nothing():
    body = (
        START_END
        + event("intermediateThrowEvent", "x", "escalation:X")
        + nodes("task", "a")
        + flows("s -> x -> a -> e")
    )
    assert told(play(model(body, ESCALATION))) == "?s !x +a -a !e"


def test_an_event_sub_process_that_does_not_interrupt_runs_beside_its_scope():
    handler = event("startEvent", "hs", "signal:S", isInterrupting="false") + nodes("task", "h") + flows("hs -> h")
    body = (
        sub("hp", handler, triggeredByEvent="true")
        + START_END
        + event("intermediateThrowEvent", "t", "signal:S")
        + nodes("task", "a")
    )
    result = play(model(body + flows("s -> t -> a -> e"), SIGNAL))
    assert result.elements("entered") == ["hp", "h", "a"]
    assert result.state == "completed"


def test_terminate_ends_the_process_at_once_but_a_sub_process_only_itself():
    fork = nodes("startEvent", "i") + nodes("parallelGateway", "g") + nodes("userTask", "w") + nodes("task", "a")
    fork += event("endEvent", "x", "terminate") + flows("i -> g -> a -> x", "g -> w")
    assert play(model(fork)).state == "terminated"
    result = play(model(START_END + sub("p", fork) + nodes("task", "after") + flows("s -> p -> after -> e")))
    assert result.state == "completed"
    assert result.elements("cancelled") == ["w"]
    assert result.elements("completed") == ["a", "p", "after"]


def test_a_conditional_event_fires_when_variables_make_it_true():
    body = START_END + nodes("parallelGateway", "g j") + nodes("scriptTask", "set", "<script>x = 5</script>")
    body += event("intermediateCatchEvent", "c", "conditional:x = 5")
    result = play(model(body + flows("s -> g -> c -> j -> e", "g -> set -> j")), {"x": 1})
    assert told(result) == "?s +set -set ?c !e"


def test_a_conditional_boundary_fires_once_per_time_its_condition_becomes_true():
    boundary = event("boundaryEvent", "b", "conditional:x = 1", attachedToRef="p", cancelActivity="false")
    inner = nodes("startEvent", "i")
    inner += "".join(
        nodes("scriptTask", name, f"<script>x = {value}</script>") for name, value in (("a", 1), ("b2", 2), ("c", 1))
    )
    inner += nodes("userTask", "u1 u2") + flows("i -> a -> u1 -> b2 -> u2 -> c")
    result = play(
        model(START_END + sub("p", inner) + boundary + nodes("task", "seen") + flows("s -> p -> e", "b -> seen")),
        {"x": 0},
    )
    assert result.elements("entered").count("seen") == 2


def test_links_join_the_two_halves_of_a_drawing():
    body = (
        START_END
        + event("intermediateThrowEvent", "l1", "link:there")
        + event("intermediateCatchEvent", "l2", "link:there")
    )
    assert told(play(model(body + nodes("task", "a") + flows("s -> l1", "l2 -> a -> e")))) == "?s !l1 ?l2 +a -a !e"


def test_a_parallel_multiple_catch_waits_for_all_its_events():
    both = '<signalEventDefinition signalRef="S"/><timerEventDefinition><timeDuration>PT5S</timeDuration></timerEventDefinition>'
    body = (
        START_END
        + nodes("intermediateCatchEvent", "c", both, parallelMultiple="true")
        + nodes("parallelGateway", "g j")
    )
    body += event("intermediateThrowEvent", "t", "signal:S") + flows("s -> g -> c -> j -> e", "g -> t -> j")
    result = play(model(body, SIGNAL))
    assert told(result) == "?s !t ?c ?c !e"
    assert result.state == "completed"


def test_a_multiple_catch_goes_on_with_any_of_its_events():
    both = '<signalEventDefinition signalRef="S"/><timerEventDefinition><timeDuration>PT5S</timeDuration></timerEventDefinition>'
    body = START_END + nodes("intermediateCatchEvent", "c", both) + flows("s -> c -> e")
    assert told(play(model(body, SIGNAL))) == "?s ?c !e"


def test_messages_between_pools_start_and_wake_processes():
    extra = '<message id="M" name="order"/><message id="N" name="answer"/>'
    buyer = START_END + nodes("sendTask", "send", messageRef="M") + event("intermediateCatchEvent", "got", "message:N")
    seller = event("startEvent", "s2", "message:M") + nodes("userTask", "work") + event("endEvent", "e2", "message:N")
    body = (
        buyer
        + flows("s -> send -> got -> e")
        + '</process><process id="Q" isExecutable="true">'
        + seller
        + flows("s2 -> work -> e2")
    )
    result = play(model(body, extra))
    assert told(result) == "?s +send !send -send ?s2 +work -work !e2 ?got !e"
    assert [each.state["process"] for each in result.instances] == ["P", "Q"]
    assert result.state == "completed"


def test_message_flows_decide_who_gets_a_message_without_a_name():
    body = START_END + event("intermediateThrowEvent", "t", "message") + flows("s -> t -> e")
    body += (
        '</process><process id="Q" isExecutable="true">'
        + event("startEvent", "s2", "message")
        + nodes("task", "a")
        + flows("s2 -> a")
    )
    drawn = '<collaboration id="C"><participant id="p1" processRef="P"/><participant id="p2" processRef="Q"/><messageFlow id="m" sourceRef="t" targetRef="s2"/></collaboration>'
    assert told(play(model(body, drawn))) == "?s !t !e ?s2 +a -a"


def test_news_given_for_a_run_comes_before_time_passes():
    boundary = event("boundaryEvent", "b", "timer:P1D", attachedToRef="r") + event(
        "boundaryEvent", "w", "signal:S", attachedToRef="r"
    )
    body = START_END + nodes("receiveTask", "r", messageRef="M") + boundary + nodes("task", "late gone")
    drawn = model(
        body + flows("s -> r -> e", "b -> late -> e", "w -> gone -> e"), SIGNAL + '<message id="M" name="paid"/>'
    )
    assert told(play(drawn, news=[{"signal": "go"}])) == "?s +r xr ?w +gone -gone !e"
    assert told(play(drawn, news=[{"message": "paid"}])) == "?s +r ?r -r !e"
    assert told(play(drawn)) == "?s +r xr ?b +late -late !e"


def test_a_message_from_outside_comes_when_nothing_else_can_move():
    body = START_END + nodes("receiveTask", "r", messageRef="M") + nodes("userTask", "a") + flows("s -> a -> r -> e")
    result = play(model(body, '<message id="M" name="paid"/>'), results={"r": {"yuan": 5}})
    assert told(result) == "?s +a -a +r ?r -r !e"
    assert result.variables == {"yuan": 5}


def test_a_parallel_multiple_boundary_waits_for_its_timer_and_its_signal():
    both = '<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition><signalEventDefinition signalRef="S"/>'
    edge = nodes("boundaryEvent", "b", both, attachedToRef="r", parallelMultiple="true")
    body = START_END + nodes("parallelGateway", "g") + nodes("receiveTask", "r") + edge + nodes("task", "h")
    body += event("intermediateCatchEvent", "t", "timer:PT5S") + event("endEvent", "x", "signal:S")
    result = play(model(body + flows("s -> g -> r -> e", "g -> t -> x", "b -> h -> e"), SIGNAL))
    assert told(result) == "?s +r ?t !x xr ?b +h -h !e"


def test_a_process_that_calls_itself_starts_once_and_comes_back():
    body = START_END + nodes("exclusiveGateway", "g m") + nodes("scriptTask", "a", "<script>n = n + 1</script>")
    body += nodes("callActivity", "c", calledElement="P")
    body += flows("s -> a -> g", "g -> c [n < 3]", "g -> m [n >= 3]", "c -> m -> e")
    result = play(model(body), {"n": 0})
    assert result.elements("entered") == ["a", "c", "a", "c", "a"]
    assert (result.state, result.variables) == ("completed", {"n": 3})


def test_signals_cross_pools_and_start_processes():
    extra = '<signal id="S" name="go"/><signal id="B" name="back"/>'
    body = (
        START_END + event("intermediateThrowEvent", "t", "signal:S") + event("intermediateCatchEvent", "c", "signal:B")
    )
    body += (
        flows("s -> t -> c -> e")
        + '</process><process id="Q" isExecutable="true">'
        + event("startEvent", "q", "signal:S")
    )
    body += nodes("userTask", "a") + event("endEvent", "x", "signal:B") + flows("q -> a -> x")
    result = play(model(body, extra))
    assert told(result) == "?s !t ?q +a -a !x ?c !e"
    assert result.state == "completed"
