"""Sub-processes, calls, loops, compensation, data."""

from __future__ import annotations

from tests.unit.flow.drawing import event, flows, model, nodes, play, told

START_END = nodes("startEvent", "s") + nodes("endEvent", "e")


def sub(name: str, inner: str, kind: str = "subProcess", **attributes: str) -> str:
    return nodes(kind, name, inner, **attributes)


def multi(inner: str = "", **attributes: str) -> str:
    return nodes("multiInstanceLoopCharacteristics", "mi", inner, **attributes)


def test_a_sub_process_completes_when_all_its_tokens_are_used_up():
    inner = (
        nodes("startEvent", "i")
        + nodes("parallelGateway", "g")
        + nodes("userTask", "a b")
        + flows("i -> g -> a", "g -> b")
    )
    result = play(model(START_END + sub("p", inner) + nodes("task", "z") + flows("s -> p -> z -> e")))
    assert told(result) == "?s +p ?i +a +b -a -b -p +z -z !e"


def test_a_call_activity_runs_the_called_process_and_brings_its_variables_back():
    body = (
        START_END + nodes("callActivity", "c", calledElement="Q") + flows("s -> c -> e") + '</process><process id="Q">'
    )
    body += nodes("startEvent", "q") + nodes("scriptTask", "a", "<script>y = x + 1</script>") + flows("q -> a")
    result = play(model(body), {"x": 1})
    assert told(result) == "?s +c ?q +a -a -c !e"
    assert result.variables == {"x": 1, "y": 2}


def test_a_call_with_mappings_passes_only_what_they_name():
    mapping = (
        '<extensionElements><camunda:in source="x" target="n"/><camunda:out source="m" target="y"/></extensionElements>'
    )
    body = (
        START_END
        + nodes("callActivity", "c", mapping, calledElement="Q")
        + flows("s -> c -> e")
        + '</process><process id="Q">'
    )
    body += nodes("startEvent", "q") + nodes("scriptTask", "a", "<script>m = n * 10</script>") + flows("q -> a")
    assert play(model(body), {"x": 4}).variables == {"x": 4, "y": 40}


def test_a_call_of_a_global_script_task_runs_the_script():
    body = START_END + nodes("callActivity", "c", calledElement="G") + flows("s -> c -> e")
    assert play(model(body, '<globalScriptTask id="G"><script>y = 3</script></globalScriptTask>')).variables == {"y": 3}


def test_a_call_to_a_process_of_elsewhere_is_offered_as_work():
    body = START_END + nodes("callActivity", "c", calledElement="elsewhere") + flows("s -> c -> e")
    result = play(model(body), results={"c": {"y": 1}})
    assert (told(result), result.variables) == ("?s +c -c !e", {"y": 1})


def test_parallel_instances_are_all_entered_before_any_completes():
    task = nodes("userTask", "a", multi("<loopCardinality>3</loopCardinality>"))
    assert told(play(model(START_END + task + flows("s -> a -> e")))) == "?s +a +a +a -a -a -a !e"


def test_sequential_instances_follow_one_another():
    task = nodes("userTask", "a", multi("<loopCardinality>n</loopCardinality>", isSequential="true"))
    assert told(play(model(START_END + task + flows("s -> a -> e")), {"n": 2})) == "?s +a -a +a -a !e"


def test_a_multi_instance_over_nothing_is_passed():
    task = nodes("userTask", "a", multi("<loopCardinality>0</loopCardinality>"))
    assert told(play(model(START_END + task + flows("s -> a -> e")))) == "?s !e"


def test_a_completion_condition_ends_the_other_instances():
    inner = (
        "<loopCardinality>5</loopCardinality><completionCondition>numberOfCompletedInstances >= 2</completionCondition>"
    )
    result = play(model(START_END + nodes("userTask", "a", multi(inner)) + flows("s -> a -> e")))
    assert (result.elements("completed"), result.elements("cancelled")) == (["a"] * 2, ["a"] * 3)


def test_a_collection_gives_each_instance_its_item_and_collects_the_outputs():
    inner = "<loopDataInputRef>names</loopDataInputRef><loopDataOutputRef>lengths</loopDataOutputRef>"
    inner += '<inputDataItem id="name"/><outputDataItem id="length"/>'
    task = nodes("scriptTask", "a", multi(inner) + "<script>length = string length(name)</script>")
    result = play(model(START_END + task + flows("s -> a -> e")), {"names": ["ab", "abc", "a"]})
    assert result.variables["lengths"] == [2, 3, 1]
    assert "length" not in result.variables


def test_collections_of_other_engines_are_understood():
    inner = '<multiInstanceLoopCharacteristics camunda:collection="${names}" camunda:elementVariable="name"/>'
    task = nodes("scriptTask", "a", inner + "<script>last = name</script>")
    assert play(model(START_END + task + flows("s -> a -> e")), {"names": ["x", "y"]}).variables["last"] == "y"


def test_a_multi_instance_sub_process_keeps_each_item_to_itself():
    inner = (
        '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x" isSequential="false"/>'
    )
    inner += (
        nodes("startEvent", "i")
        + nodes("userTask", "u")
        + nodes("scriptTask", "a", "<script>total = total + x</script>")
    )
    result = play(
        model(START_END + sub("p", inner + flows("i -> u -> a")) + flows("s -> p -> e")), {"xs": [1, 2, 3], "total": 0}
    )
    assert result.variables["total"] == 6
    assert result.elements("entered").count("p") == 3


def test_a_boundary_on_a_multi_instance_ends_all_its_instances():
    task = nodes("receiveTask", "r", multi("<loopCardinality>2</loopCardinality>"))
    body = START_END + task + event("boundaryEvent", "b", "timer:PT1S", attachedToRef="r") + nodes("task", "a")
    result = play(model(body + flows("s -> r -> e", "b -> a -> e")))
    assert (result.elements("cancelled"), result.elements("entered")) == (["r", "r"], ["r", "r", "a"])


def test_instances_may_announce_their_end_to_the_boundary():
    extra = '<signal id="S" name="one"/><signalEventDefinition id="D1" signalRef="S"/>'
    task = nodes(
        "userTask", "a", multi("<loopCardinality>3</loopCardinality>", behavior="One", oneBehaviorEventRef="D1")
    )
    boundary = event("boundaryEvent", "b", "signal:S", attachedToRef="a", cancelActivity="false")
    result = play(
        model(START_END + task + boundary + nodes("task", "first") + flows("s -> a -> e", "b -> first"), extra)
    )
    assert result.elements("entered").count("first") == 1


def loop(inner: str, **attributes: str) -> str:
    count = nodes("standardLoopCharacteristics", "lc", inner, **attributes)
    return nodes("scriptTask", "a", count + "<script>n = n + 1</script>")


def test_a_loop_tests_after_each_run_or_before_it():
    body = START_END + loop("<loopCondition>n &lt; 3</loopCondition>") + flows("s -> a -> e")
    assert play(model(body), {"n": 0}).variables == {"n": 3}
    assert play(model(body), {"n": 7}).variables == {"n": 8}
    body = START_END + loop("<loopCondition>n &lt; 3</loopCondition>", testBefore="true") + flows("s -> a -> e")
    assert told(play(model(body), {"n": 7})) == "?s !e"


def test_a_loop_stops_at_its_maximum():
    body = START_END + loop("<loopCondition>true</loopCondition>", loopMaximum="4") + flows("s -> a -> e")
    assert play(model(body), {"n": 0}).variables == {"n": 4}


def handled(name: str, handler: str) -> str:
    edge = event("boundaryEvent", f"{name}-edge", "compensate", attachedToRef=name)
    link = f'<association id="{name}-link" sourceRef="{name}-edge" targetRef="{handler}"/>'
    return nodes("task", name) + edge + nodes("task", handler, isForCompensation="true") + link


def test_compensation_undoes_what_was_completed_the_last_first_and_then_goes_on():
    body = (
        START_END
        + handled("a", "ua")
        + handled("b", "ub")
        + event("intermediateThrowEvent", "t", "compensate")
        + nodes("task", "z")
    )
    result = play(model(body + flows("s -> a -> b -> t -> z -> e")))
    assert result.elements("entered") == ["a", "b", "ub", "ua", "z"]
    assert result.state == "completed"


def test_compensation_of_one_activity_leaves_the_others():
    body = START_END + handled("a", "ua") + handled("b", "ub") + event("endEvent", "t", "compensate:a")
    assert play(model(body + flows("s -> a -> b -> t"))).elements("entered") == ["a", "b", "ua"]


def test_what_was_not_reached_is_not_undone():
    body = (
        START_END
        + nodes("exclusiveGateway", "g")
        + handled("a", "ua")
        + handled("b", "ub")
        + event("endEvent", "t", "compensate")
    )
    result = play(model(body + flows("s -> g", "g -> a [x = 1]", "g -> b [x = 2]", "a -> t", "b -> t")), {"x": 2})
    assert result.elements("entered") == ["b", "ub"]


def test_a_completed_sub_process_is_undone_inside():
    inner = nodes("startEvent", "i") + handled("a", "ua") + handled("b", "ub") + flows("i -> a -> b")
    body = START_END + sub("p", inner) + event("endEvent", "t", "compensate:p") + flows("s -> p -> t")
    assert play(model(body)).elements("entered") == ["p", "a", "b", "ub", "ua"]


def test_a_compensation_event_sub_process_replaces_the_undoing_inside_and_sees_the_data_of_then():
    undo = (
        event("startEvent", "us", "compensate")
        + nodes("scriptTask", "u", "<script>undone = amount</script>")
        + flows("us -> u")
    )
    inner = (
        '<dataObject id="amount"/>' + nodes("startEvent", "i") + nodes("scriptTask", "a", "<script>amount = 7</script>")
    )
    inner += flows("i -> a") + sub("up", undo, triggeredByEvent="true")
    result = play(model(START_END + sub("p", inner) + event("endEvent", "t", "compensate:p") + flows("s -> p -> t")))
    assert result.variables == {"undone": 7}


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_boundary():
    inner = nodes("startEvent", "i") + handled("a", "ua") + nodes("parallelGateway", "g") + nodes("userTask", "w")
    inner += event("endEvent", "x", "cancel") + flows("i -> a -> g -> w", "g -> x")
    body = (
        START_END
        + sub("p", inner, "transaction")
        + event("boundaryEvent", "b", "cancel", attachedToRef="p")
        + nodes("task", "h")
    )
    result = play(model(body + flows("s -> p -> e", "b -> h -> e")))
    assert told(result) == "?s +p ?i +a -a +w !x xw ?a-edge +ua -ua xp ?b +h -h !e"


def test_an_ad_hoc_sub_process_runs_its_activities_in_order_until_its_condition_holds():
    inner = nodes("userTask", "a b c") + "<completionCondition>x = 2</completionCondition>"
    body = START_END + sub("p", inner, "adHocSubProcess", ordering="Sequential") + flows("s -> p -> e")
    result = play(model(body), results={"a": {"x": 1}, "b": {"x": 2}})
    assert told(result) == "?s +p +a -a +b -b -p !e"


def test_data_objects_feed_tasks_and_take_their_results():
    io = '<ioSpecification><dataInput id="in1" name="base"/><dataOutput id="out1" name="tax"/><inputSet><dataInputRefs>in1</dataInputRefs></inputSet><outputSet><dataOutputRefs>out1</dataOutputRefs></outputSet></ioSpecification>'
    io += "<dataInputAssociation><sourceRef>price</sourceRef><targetRef>in1</targetRef></dataInputAssociation>"
    io += "<dataOutputAssociation><sourceRef>out1</sourceRef><targetRef>due</targetRef></dataOutputAssociation>"
    body = '<dataObject id="price"/><dataObject id="due"/>' + START_END
    body += nodes("scriptTask", "a", io + "<script>tax = base / 10</script>") + flows("s -> a -> e")
    result = play(model(body), {"price": 50})
    assert result.variables["due"] == 5


def test_the_value_of_a_script_goes_to_its_data_output():
    io = '<ioSpecification><dataOutput id="out1"/><inputSet/><outputSet><dataOutputRefs>out1</dataOutputRefs></outputSet></ioSpecification>'
    io += "<dataOutputAssociation><sourceRef>out1</sourceRef><targetRef>due</targetRef></dataOutputAssociation>"
    body = (
        '<dataObject id="due"/>'
        + START_END
        + nodes("scriptTask", "a", io + "<script>price * 2</script>")
        + flows("s -> a -> e")
    )
    assert play(model(body), {"price": 4}).variables == {"price": 4, "due": 8}


def test_a_sub_process_keeps_its_own_data_objects():
    inner = (
        '<dataObject id="secret"/>'
        + nodes("startEvent", "i")
        + nodes("scriptTask", "a", "<script>secret = 1; open = 2</script>")
        + flows("i -> a")
    )
    assert play(model(START_END + sub("p", inner) + flows("s -> p -> e"))).variables == {"open": 2}


def test_scripts_in_another_language_are_passed_over_in_a_headless_run_and_told():
    body = (
        START_END
        + nodes("scriptTask", "a", "<script>for (;;) { wait!! }</script>")
        + nodes("task", "b")
        + flows("s -> a -> b -> e")
    )
    result = play(model(body))
    assert result.elements("incident") == ["a"]
    assert result.state == "completed"


def test_results_given_for_tasks_decide_the_way():
    body = START_END + nodes("userTask", "a b c") + nodes("exclusiveGateway", "g")
    body += flows("s -> a -> g", "g -> b [approved]", "g -> c [not(approved)]", "b -> e", "c -> a")
    result = play(model(body), results={"a": [{"approved": False}, {"approved": True}]})
    assert result.elements("completed") == ["a", "c", "a", "b"]


def test_a_data_object_is_known_by_its_name_and_by_its_id():
    data = '<dataObject id="do_1"/><dataObjectReference id="ref_1" name="amount" dataObjectRef="do_1"/>'
    body = data + START_END + nodes("exclusiveGateway", "g") + nodes("task", "a b")
    body += flows("s -> g", "g -> a [do_1 > 5]", "g -> b [amount <= 5]", "a -> e", "b -> e")
    assert play(model(body), {"amount": 9}).elements("entered") == ["a"]
    assert play(model(body), {"do_1": 3}).elements("entered") == ["b"]
