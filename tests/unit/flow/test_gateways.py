"""Gateways and the workflow control patterns built of them."""

from __future__ import annotations

import re

import pytest

from tests.unit.flow.drawing import flows, model, nodes, play, told

START_END = nodes("startEvent", "s") + nodes("endEvent", "e")


def test_a_sequence_runs_in_order():
    result = play(model(START_END + nodes("userTask", "a b") + flows("s -> a -> b -> e")))
    assert told(result) == "?s +a -a +b -b !e"
    assert result.state == "completed"


@pytest.mark.parametrize(("x", "taken"), [(1, "a"), (5, "b"), (9, "c")])
def test_an_exclusive_gateway_takes_the_first_true_flow_else_the_default(x, taken):
    body = START_END + '<exclusiveGateway id="g" default="g-c"/>' + nodes("task", "a b c")
    body += flows("s -> g", "g -> a [x < 3]", "g -> b [x < 7]", "g -> c", "a -> e", "b -> e", "c -> e")
    assert play(model(body), {"x": x}).elements("entered") == [taken]


def test_an_exclusive_gateway_without_a_way_out_is_an_incident_and_can_be_retried():
    body = START_END + nodes("exclusiveGateway", "g") + nodes("task", "a b")
    body += flows("s -> g", "g -> a [x = 1]", "g -> b [x = 2]", "a -> e", "b -> e")
    result = play(model(body), {"x": 3})
    assert result.state == "incident"
    assert result.waiting[0]["element"] == "g"


def test_a_parallel_split_and_join_run_all_branches_and_go_on_once():
    body = START_END + nodes("parallelGateway", "g j") + nodes("userTask", "a b c")
    result = play(model(body + flows("s -> g -> a -> j -> c -> e", "g -> b -> j")))
    assert told(result) == "?s +a +b -a -b +c -c !e"


def test_a_multi_merge_runs_what_follows_once_per_branch():
    body = START_END + nodes("parallelGateway", "g") + nodes("exclusiveGateway", "m") + nodes("task", "a b c")
    result = play(model(body + flows("s -> g -> a -> m -> c -> e", "g -> b -> m")))
    assert result.elements("entered").count("c") == 2
    assert result.state == "completed"


@pytest.mark.parametrize(("x", "entered"), [(1, ["a"]), (3, ["a", "b"]), (5, ["a", "b", "c"])])
def test_an_inclusive_split_and_join_wait_for_exactly_the_chosen_branches(x, entered):
    body = START_END + nodes("inclusiveGateway", "g j") + nodes("userTask", "a b c d")
    body += flows(
        "s -> g", "g -> a [x > 0]", "g -> b [x > 2]", "g -> c [x > 4]", "a -> j", "b -> j", "c -> j -> d -> e"
    )
    result = play(model(body), {"x": x})
    assert result.elements("entered") == [*entered, "d"]


def test_an_inclusive_join_waits_for_a_token_that_can_still_come_round_a_loop():
    body = START_END + nodes("parallelGateway", "g") + nodes("inclusiveGateway", "j")
    body += nodes("exclusiveGateway", "back again") + nodes("userTask", "a c") + _counter("b")
    body += flows(
        "s -> g -> a -> j -> c -> e", "g -> back -> b -> again", "again -> back [n < 3]", "again -> j [n >= 3]"
    )
    result = play(model(body), {"n": 0})
    assert result.elements("entered") == ["a", "b", "b", "b", "c"]


def test_an_inclusive_join_inside_a_loop_does_not_wait_for_its_own_token():
    body = START_END + nodes("inclusiveGateway", "j") + nodes("exclusiveGateway", "x") + _counter("b")
    body += flows("s -> j -> b -> x", "x -> j [n < 2]", "x -> e [n >= 2]")
    result = play(model(body), {"n": 0})
    assert result.elements("entered") == ["b", "b"]
    assert result.state == "completed"


def test_an_exclusive_split_before_a_parallel_join_waits_for_ever_and_is_told_as_deadlock():
    body = START_END + nodes("exclusiveGateway", "g") + nodes("parallelGateway", "j") + nodes("task", "a b c")
    body += flows("s -> g", "g -> a [x = 1]", "g -> b [x != 1]", "a -> j -> c -> e", "b -> j")
    result = play(model(body), {"x": 1})
    assert (result.state, result.elements("completed")) == ("deadlock", ["a"])


def test_a_complex_gateway_fires_on_its_condition_and_swallows_the_rest():
    join = "<complexGateway id='j'><activationCondition>activationCount >= 2</activationCondition></complexGateway>"
    body = START_END + nodes("parallelGateway", "g") + join + nodes("userTask", "a b c d")
    result = play(model(body + flows("s -> g -> a -> j -> d -> e", "g -> b -> j", "g -> c -> j")))
    assert result.elements("entered") == ["a", "b", "c", "d"]
    assert result.elements("completed").count("d") == 1
    assert result.state == "completed"


def test_flows_with_conditions_out_of_a_task_are_all_taken_when_true_and_the_default_when_none_is():
    body = START_END + '<task id="a" default="a-d"/>' + nodes("task", "b c d")
    body += flows("s -> a", "a -> b [x > 1]", "a -> c [x > 2]", "a -> d", "b -> e", "c -> e", "d -> e")
    assert play(model(body), {"x": 3}).elements("entered") == ["a", "b", "c"]
    assert play(model(body), {"x": 0}).elements("entered") == ["a", "d"]


def test_a_task_waits_for_its_start_quantity_and_leaves_its_completion_quantity():
    body = START_END + nodes("parallelGateway", "g") + '<task id="a" startQuantity="2" completionQuantity="3"/>'
    result = play(model(body + nodes("task", "b") + flows("s -> g -> a -> b -> e", "g -> a")))
    assert result.elements("entered") == ["a", "b", "b", "b"]


def test_conditions_in_the_notation_of_other_tools_are_understood():
    body = START_END + '<exclusiveGateway id="g" default="g-c"/>' + nodes("task", "a b c")
    body += flows(
        "s -> g",
        "g -> a [${x == 1 && !done}]",
        "g -> b [#{name == 'li' || x != 2}]",
        "g -> c",
        "a -> e",
        "b -> e",
        "c -> e",
    )
    drawn = model(body)
    assert play(drawn, {"x": 1, "done": False, "name": ""}).elements("entered") == ["a"]
    assert play(drawn, {"x": 2, "done": True, "name": "li"}).elements("entered") == ["b"]
    assert play(drawn, {"x": 2, "done": True, "name": "wu"}).elements("entered") == ["c"]


def _counter(name: str) -> str:
    return nodes("scriptTask", name, "<script>n = n + 1</script>", scriptFormat="feel")


def test_flows_without_ids_join_all_the_same():
    body = START_END + nodes("parallelGateway", "g j") + nodes("userTask", "a b c")
    drawn = re.sub(r'(<sequenceFlow) id="[^"]*"', r"\1", body + flows("s -> g -> a -> j -> c -> e", "g -> b -> j"))
    assert told(play(model(drawn))) == "?s +a +b -a -b +c -c !e"
