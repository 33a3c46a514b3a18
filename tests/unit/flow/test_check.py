"""Faults found in models: one bad drawing per rule, and good drawings with none.

Longer than 600 lines because it is one table: a bad drawing for each rule of the checker.
"""

from __future__ import annotations

import pytest

from tests.unit.flow.drawing import document, event, flows, model, nodes
from zhengtong.flow import check_model, read_model
from zhengtong.flow.check.sheet import texts
from zhengtong.rules import compile_expression

SE = nodes("startEvent", "s") + nodes("endEvent", "e")
LINE = SE + nodes("task", "a") + flows("s -> a -> e")
MESSAGE = '<message id="M" name="m"/>'
FORK = SE + nodes("parallelGateway", "g") + nodes("task", "a b")
SUB_INSIDE = nodes("startEvent", "i") + nodes("task", "t") + nodes("endEvent", "o") + flows("i -> t -> o")
COND = '<conditionExpression xsi:type="tFormalExpression">x</conditionExpression>'


def sub(inner: str, kind: str = "subProcess", **attributes: str) -> str:
    return nodes(kind, "p", inner, **attributes)


def codes(body: str, roots: str = "", executable: str = "true") -> set[str]:
    found = check_model(model(body, roots, executable))
    return {fault.code.removeprefix("flow.check.") for fault in found if fault.is_serious}


def pools(flow: str) -> str:
    return f'<collaboration id="C"><participant id="p1" processRef="P"/><participant id="p2"/>{flow}</collaboration>'


@pytest.mark.parametrize(
    ("body", "roots"),
    [
        (LINE, ""),
        (FORK + nodes("parallelGateway", "j") + flows("s -> g -> a -> j -> e", "g -> b -> j"), ""),
        (SE + sub(SUB_INSIDE) + flows("s -> p -> e"), ""),
        (
            SE
            + nodes("eventBasedGateway", "g")
            + event("intermediateCatchEvent", "c", "message:M")
            + event("intermediateCatchEvent", "d", "timer:P1D")
            + flows("s -> g -> c -> e", "g -> d -> e"),
            MESSAGE,
        ),
        (
            SE
            + nodes("exclusiveGateway", "m x")
            + nodes("userTask", "a")
            + flows("s -> m -> a -> x", "x -> e [ok]", "x -> m [not(ok)]"),
            "",
        ),
        (
            SE
            + nodes("inclusiveGateway", "g j")
            + nodes("task", "a b")
            + flows("s -> g", "g -> a [x]", "g -> b [y]", "a -> j", "b -> j", "j -> e"),
            "",
        ),
        (
            SE
            + nodes("task", "a")
            + event("boundaryEvent", "b", "timer:P1D", attachedToRef="a", cancelActivity="false")
            + nodes("task", "r")
            + nodes("endEvent", "e2")
            + flows("s -> a -> e", "b -> r -> e2"),
            "",
        ),
        (
            SE
            + nodes("task", "a")
            + event("boundaryEvent", "b", "compensate", attachedToRef="a")
            + nodes("task", "u", isForCompensation="true")
            + '<association id="as" sourceRef="b" targetRef="u"/>'
            + event("intermediateThrowEvent", "t", "compensate:a")
            + flows("s -> a -> t -> e"),
            "",
        ),
    ],
)
def test_a_sound_model_has_no_fault(body, roots):
    assert codes(body, roots) == set()


@pytest.mark.parametrize(
    ("code", "body", "roots"),
    [
        ("duplicate-id", LINE + nodes("task", "a"), ""),
        ("bad-id", LINE.replace('"a"', '"1a"'), ""),
        ("missing-attribute", LINE + '<sequenceFlow id="f" sourceRef="a"/>', ""),
        ("unknown-attribute", LINE.replace('<task id="a"', '<task id="a" colour="red"'), ""),
        ("bad-value", LINE.replace('<task id="a"', '<task id="a" startQuantity="0"'), ""),
        (
            "bad-value",
            FORK.replace('id="g"', 'id="g" gatewayDirection="Sideways"') + flows("s -> g -> a -> e", "g -> b -> e"),
            "",
        ),
        ("misplaced-element", LINE + "<messageEventDefinition/>", ""),
        ("missing-child", LINE + '<dataObject id="d"/>', '<interface id="I" name="i"/>'),
        ("dangling-reference", LINE + '<sequenceFlow id="f" sourceRef="a" targetRef="ghost"/>', ""),
        ("dangling-reference", SE + event("intermediateCatchEvent", "c", "message:ghost") + flows("s -> c -> e"), ""),
        (
            "dangling-reference",
            LINE + event("boundaryEvent", "b", "timer:P1D", attachedToRef="ghost") + flows("b -> e"),
            "",
        ),
        (
            "wrong-reference",
            SE + event("intermediateCatchEvent", "c", "message:S") + flows("s -> c -> e"),
            '<signal id="S"/>',
        ),
        ("call-without-target", SE + nodes("callActivity", "a") + flows("s -> a -> e"), ""),
        ("flow-crosses-border", SE + sub(SUB_INSIDE) + flows("s -> p -> e", "t -> e"), ""),
        ("flow-crosses-pool", LINE + flows("a -> z") + '</process><process id="Q">' + nodes("task", "z"), ""),
        ("start-with-incoming", LINE + flows("a -> s"), ""),
        ("end-with-outgoing", LINE + flows("e -> a"), ""),
        (
            "boundary-with-incoming",
            LINE + event("boundaryEvent", "b", "timer:P1D", attachedToRef="a") + flows("b -> e", "s -> b"),
            "",
        ),
        ("boundary-without-outgoing", LINE + event("boundaryEvent", "b", "timer:P1D", attachedToRef="a"), ""),
        (
            "boundary-on-event-sub",
            LINE
            + sub(event("startEvent", "i", "timer:P1D"), triggeredByEvent="true")
            + event("boundaryEvent", "b", "timer:P1D", attachedToRef="p")
            + flows("b -> e"),
            "",
        ),
        (
            "boundary-elsewhere",
            SE
            + sub(SUB_INSIDE)
            + event("boundaryEvent", "b", "timer:P1D", attachedToRef="t")
            + flows("s -> p -> e", "b -> e"),
            "",
        ),
        ("unconnected", LINE + nodes("task", "z"), ""),
        ("no-incoming", LINE + nodes("task", "z") + flows("z -> e"), ""),
        ("no-outgoing", LINE + nodes("task", "z") + flows("a -> z"), ""),
        ("no-end", nodes("startEvent", "s") + nodes("task", "a") + flows("s -> a"), ""),
        ("no-start", nodes("endEvent", "e") + nodes("task", "a") + flows("a -> e"), ""),
        ("drawn-but-not-listed", SE + nodes("task", "a", "<incoming>s-a</incoming>") + flows("s -> a -> e"), ""),
        ("listed-but-not-drawn", SE + nodes("task", "a", "<incoming>a-e</incoming>") + flows("s -> a -> e"), ""),
        ("condition-not-allowed", FORK + flows("s -> g", "g -> a [x]", "g -> b", "a -> e", "b -> e"), ""),
        (
            "default-with-condition",
            SE
            + '<exclusiveGateway id="g" default="g-a"/>'
            + nodes("task", "a b")
            + flows("s -> g", "g -> a [x]", "g -> b [y]", "a -> e", "b -> e"),
            "",
        ),
        (
            "default-not-outgoing",
            SE
            + '<exclusiveGateway id="g" default="s-g"/>'
            + nodes("task", "a b")
            + flows("s -> g", "g -> a [x]", "g -> b [y]", "a -> e", "b -> e"),
            "",
        ),
        (
            "missing-condition",
            SE + nodes("exclusiveGateway", "g") + nodes("task", "a b") + flows("s -> g -> a -> e", "g -> b -> e"),
            "",
        ),
        (
            "lonely-condition",
            LINE.replace('targetRef="e"/>', f'targetRef="e">{COND}</sequenceFlow>').replace(
                'targetRef="e"></sequenceFlow>', f'targetRef="e">{COND}</sequenceFlow>'
            ),
            "",
        ),
        (
            "gateway-direction",
            FORK.replace('id="g"', 'id="g" gatewayDirection="Converging"') + flows("s -> g -> a -> e", "g -> b -> e"),
            "",
        ),
        (
            "gateway-without-outgoing",
            SE + nodes("parallelGateway", "g") + nodes("task", "a") + flows("s -> a -> e", "a -> g"),
            "",
        ),
        (
            "event-gateway-target",
            SE + nodes("eventBasedGateway", "g") + nodes("userTask", "a b") + flows("s -> g -> a -> e", "g -> b -> e"),
            "",
        ),
        (
            "event-gateway-too-few",
            SE
            + nodes("eventBasedGateway", "g")
            + event("intermediateCatchEvent", "c", "timer:P1D")
            + flows("s -> g -> c -> e"),
            "",
        ),
        (
            "event-gateway-mixes",
            SE
            + nodes("eventBasedGateway", "g")
            + nodes("receiveTask", "r", messageRef="M")
            + event("intermediateCatchEvent", "c", "message:M")
            + flows("s -> g -> c -> e", "g -> r -> e"),
            MESSAGE,
        ),
        (
            "event-gateway-target-shared",
            LINE
            + nodes("eventBasedGateway", "g")
            + event("intermediateCatchEvent", "c", "timer:P1D")
            + event("intermediateCatchEvent", "d", "timer:P2D")
            + flows("a -> g -> c -> e", "g -> d -> e", "a -> c"),
            "",
        ),
        (
            "parallel-event-gateway",
            SE
            + nodes("eventBasedGateway", "g", eventGatewayType="Parallel")
            + event("intermediateCatchEvent", "c", "message:M")
            + event("intermediateCatchEvent", "d", "message:M")
            + flows("s -> g -> c -> e", "g -> d -> e"),
            MESSAGE,
        ),
        (
            "message-flow-in-pool",
            SE
            + nodes("sendTask", "a", messageRef="M")
            + nodes("receiveTask", "r", messageRef="M")
            + flows("s -> a -> r -> e"),
            MESSAGE + pools('<messageFlow id="f" sourceRef="a" targetRef="r"/>'),
        ),
        ("message-flow-source", LINE, pools('<messageFlow id="f" sourceRef="s" targetRef="p2"/>')),
        ("message-flow-target", LINE, pools('<messageFlow id="f" sourceRef="p2" targetRef="e"/>')),
        (
            "process-in-two-pools",
            LINE,
            '<collaboration id="C"><participant id="p1" processRef="P"/><participant id="p2" processRef="P"/></collaboration>',
        ),
        ("event-kind", LINE + event("startEvent", "s2", "error") + flows("s2 -> a"), ""),
        (
            "event-kind",
            SE
            + sub(event("startEvent", "i", "timer:P1D") + nodes("endEvent", "o") + flows("i -> o"))
            + flows("s -> p -> e"),
            "",
        ),
        ("event-kind", SE + event("intermediateThrowEvent", "t", "timer:P1D") + flows("s -> t -> e"), ""),
        ("event-without-trigger", SE + nodes("intermediateCatchEvent", "c") + flows("s -> c -> e"), ""),
        ("event-without-subject", SE + event("intermediateCatchEvent", "c", "signal") + flows("s -> c -> e"), ""),
        (
            "subject-without-code",
            nodes("startEvent", "s") + event("endEvent", "e", "error:E") + flows("s -> e"),
            '<error id="E"/>',
        ),
        (
            "timer-without-time",
            SE + nodes("intermediateCatchEvent", "c", "<timerEventDefinition/>") + flows("s -> c -> e"),
            "",
        ),
        ("timer-unreadable", SE + event("intermediateCatchEvent", "c", "timer:P3X") + flows("s -> c -> e"), ""),
        ("empty-condition", SE + event("intermediateCatchEvent", "c", "conditional") + flows("s -> c -> e"), ""),
        (
            "must-interrupt",
            LINE + event("boundaryEvent", "b", "error", attachedToRef="a", cancelActivity="false") + flows("b -> e"),
            "",
        ),
        (
            "caught-twice",
            LINE
            + event("boundaryEvent", "b", "error:E", attachedToRef="a")
            + event("boundaryEvent", "c", "error:E", attachedToRef="a")
            + flows("b -> e", "c -> e"),
            '<error id="E" errorCode="1"/>',
        ),
        (
            "cancel-outside-transaction",
            LINE + event("boundaryEvent", "b", "cancel", attachedToRef="a") + flows("b -> e"),
            "",
        ),
        (
            "cancel-outside-transaction",
            nodes("startEvent", "s") + event("endEvent", "e", "cancel") + flows("s -> e"),
            "",
        ),
        ("compensation-without-handler", LINE + event("boundaryEvent", "b", "compensate", attachedToRef="a"), ""),
        (
            "compensation-without-handler",
            SE + nodes("task", "a") + event("intermediateThrowEvent", "t", "compensate:a") + flows("s -> a -> t -> e"),
            "",
        ),
        (
            "handler-not-marked",
            LINE
            + event("boundaryEvent", "b", "compensate", attachedToRef="a")
            + nodes("task", "u")
            + '<association id="as" sourceRef="b" targetRef="u"/>',
            "",
        ),
        ("handler-unlinked", LINE + nodes("task", "u", isForCompensation="true"), ""),
        ("handler-with-flow", SE + nodes("task", "a", isForCompensation="true") + flows("s -> a -> e"), ""),
        (
            "compensation-with-flow",
            LINE
            + event("boundaryEvent", "b", "compensate", attachedToRef="a")
            + nodes("task", "u")
            + flows("b -> u -> e"),
            "",
        ),
        ("link-without-partner", LINE + event("intermediateThrowEvent", "l", "link:x") + flows("a -> l"), ""),
        (
            "link-many-targets",
            LINE
            + event("intermediateThrowEvent", "l", "link:x")
            + event("intermediateCatchEvent", "k1", "link:x")
            + event("intermediateCatchEvent", "k2", "link:x")
            + flows("a -> l", "k1 -> e", "k2 -> e"),
            "",
        ),
        (
            "link-source-with-outgoing",
            SE
            + event("intermediateThrowEvent", "l", "link:x")
            + event("intermediateCatchEvent", "k", "link:x")
            + flows("s -> l -> e", "k -> e"),
            "",
        ),
        ("event-sub-starts", LINE + sub(nodes("task", "t"), triggeredByEvent="true"), ""),
        ("event-sub-none-start", LINE + sub(SUB_INSIDE, triggeredByEvent="true"), ""),
        (
            "event-sub-with-flow",
            SE
            + sub(
                event("startEvent", "i", "timer:P1D") + nodes("endEvent", "o") + flows("i -> o"),
                triggeredByEvent="true",
            )
            + flows("s -> p -> e"),
            "",
        ),
        (
            "loop-without-count",
            SE + nodes("task", "a", "<multiInstanceLoopCharacteristics/>") + flows("s -> a -> e"),
            "",
        ),
        (
            "loop-with-two-counts",
            '<dataObject id="d"/>'
            + SE
            + nodes(
                "task",
                "a",
                "<multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality><loopDataInputRef>d</loopDataInputRef></multiInstanceLoopCharacteristics>",
            )
            + flows("s -> a -> e"),
            "",
        ),
        (
            "loop-behavior",
            SE
            + nodes(
                "task",
                "a",
                '<multiInstanceLoopCharacteristics behavior="One"><loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics>',
            )
            + flows("s -> a -> e"),
            "",
        ),
        (
            "loop-without-condition",
            SE + nodes("task", "a", "<standardLoopCharacteristics/>") + flows("s -> a -> e"),
            "",
        ),
        (
            "too-many-children",
            SE
            + nodes(
                "task",
                "a",
                '<standardLoopCharacteristics loopMaximum="1"/><multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics>',
            )
            + flows("s -> a -> e"),
            "",
        ),
        ("script-without-text", SE + nodes("scriptTask", "a") + flows("s -> a -> e"), ""),
        (
            "instantiating-with-incoming",
            SE + nodes("receiveTask", "r", messageRef="M", instantiate="true") + flows("s -> r -> e"),
            MESSAGE,
        ),
        ("ad-hoc-empty", SE + sub("", "adHocSubProcess") + flows("s -> p -> e"), ""),
        (
            "ad-hoc-with-events",
            SE
            + sub(nodes("startEvent", "i") + nodes("task", "t") + flows("i -> t"), "adHocSubProcess")
            + flows("s -> p -> e"),
            "",
        ),
        (
            "node-in-two-lanes",
            '<laneSet id="L"><lane id="l1"><flowNodeRef>a</flowNodeRef></lane><lane id="l2"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
            + LINE,
            "",
        ),
        ("declared-twice", LINE, '<error id="E1" errorCode="1"/><error id="E2" errorCode="1"/>'),
        (
            "deadlock",
            SE
            + nodes("exclusiveGateway", "g")
            + nodes("parallelGateway", "j")
            + nodes("task", "a b")
            + flows("s -> g", "g -> a [x]", "g -> b [y]", "a -> j", "b -> j", "j -> e"),
            "",
        ),
        (
            "deadlock",
            SE
            + nodes("inclusiveGateway", "g")
            + nodes("parallelGateway", "j")
            + nodes("task", "a b")
            + flows("s -> g", "g -> a [x]", "g -> b [y]", "a -> j", "b -> j", "j -> e"),
            "",
        ),
        (
            "lost-synchronisation",
            FORK
            + nodes("exclusiveGateway", "m")
            + nodes("task", "c")
            + flows("s -> g -> a -> m -> c -> e", "g -> b -> m"),
            "",
        ),
        ("no-exit", LINE + nodes("task", "x y") + flows("a -> x -> y -> x"), ""),
        ("unreachable", LINE + nodes("exclusiveGateway", "m x") + flows("m -> x", "x -> m [c]", "x -> e [d]"), ""),
        (
            "operation-message",
            SE + nodes("sendTask", "a", messageRef="M", operationRef="O") + flows("s -> a -> e"),
            MESSAGE
            + '<message id="N"/><interface id="I" name="i"><operation id="O" name="o"><inMessageRef>N</inMessageRef></operation></interface>',
        ),
        (
            "message-flow-message",
            SE + nodes("sendTask", "a", messageRef="M") + flows("s -> a -> e"),
            MESSAGE + '<message id="N"/>' + pools('<messageFlow id="f" sourceRef="a" targetRef="p2" messageRef="N"/>'),
        ),
        (
            "one-set-only",
            SE
            + nodes("serviceTask", "a", "<ioSpecification><inputSet/><inputSet/><outputSet/></ioSpecification>")
            + flows("s -> a -> e"),
            "",
        ),
        (
            "data-on-wrong-side",
            SE
            + nodes(
                "receiveTask",
                "a",
                '<ioSpecification><dataInput id="d"/><inputSet><dataInputRefs>d</dataInputRefs></inputSet><outputSet/></ioSpecification>',
                messageRef="M",
            )
            + flows("s -> a -> e"),
            MESSAGE,
        ),
        ("state-on-data-object", '<dataObject id="d"><dataState name="x"/></dataObject>' + LINE, ""),
        (
            "type-on-reference",
            '<dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d" itemSubjectRef="T"/>' + LINE,
            '<itemDefinition id="T"/>',
        ),
        (
            "role-given-twice",
            SE
            + nodes(
                "userTask",
                "a",
                "<potentialOwner><resourceRef>R</resourceRef><resourceAssignmentExpression><formalExpression>x</formalExpression></resourceAssignmentExpression></potentialOwner>",
            )
            + flows("s -> a -> e"),
            '<resource id="R" name="r"/>',
        ),
        (
            "binding-without-resource",
            SE
            + nodes(
                "userTask",
                "a",
                '<potentialOwner><resourceParameterBinding parameterRef="Q"><formalExpression>x</formalExpression></resourceParameterBinding></potentialOwner>',
            )
            + flows("s -> a -> e"),
            '<resource id="R" name="r"><resourceParameter id="Q"/></resource>',
        ),
        (
            "inner-definition-referenced",
            SE
            + nodes(
                "intermediateCatchEvent",
                "c",
                '<timerEventDefinition id="T"><timeDuration>P1D</timeDuration></timerEventDefinition>',
            )
            + nodes("intermediateCatchEvent", "d", "<eventDefinitionRef>T</eventDefinitionRef>")
            + flows("s -> c -> d -> e"),
            "",
        ),
        (
            "item-without-collection",
            SE
            + nodes(
                "task",
                "a",
                '<multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality><inputDataItem id="i"/></multiInstanceLoopCharacteristics>',
            )
            + flows("s -> a -> e"),
            "",
        ),
        (
            "data-not-in-set",
            SE
            + nodes("task", "a", '<ioSpecification><dataInput id="d"/><inputSet/><outputSet/></ioSpecification>')
            + flows("s -> a -> e"),
            "",
        ),
        (
            "data-association-end",
            '<dataObject id="d"/>'
            + SE
            + nodes(
                "task",
                "a",
                "<dataInputAssociation><sourceRef>d</sourceRef><targetRef>d</targetRef></dataInputAssociation>",
            )
            + flows("s -> a -> e"),
            "",
        ),
        (
            "may-lose-token",
            SE + nodes("task", "a b c") + flows("s -> a", "a -> b [x]", "a -> c [y]", "b -> e", "c -> e"),
            "",
        ),
        (
            "dangling-reference",
            SE + event("intermediateCatchEvent", "c", "message:zt:M") + flows("s -> c -> e"),
            MESSAGE,
        ),
        ("empty-process", "", ""),
    ],
)
def test_a_fault_is_found(code, body, roots):
    assert code in codes(body, roots)


def test_a_fault_names_element_line_and_remedy_in_both_languages():
    (fault,) = [
        each for each in check_model(model(LINE + flows("e -> a"))) if each.code == "flow.check.end-with-outgoing"
    ]
    assert (fault.element, fault.line) == ("e", 1)
    assert "删去" in fault.remedy_zh
    assert "remove" in fault.remedy_en


def test_an_element_in_two_diagrams_is_no_duplicate_but_an_unknown_one_is_dangling():
    plane = '<bpmndi:BPMNPlane bpmnElement="P">{}</bpmndi:BPMNPlane>'
    shape = '<bpmndi:BPMNShape id="{0}_di" bpmnElement="{0}"><dc:Bounds x="0" y="0" width="1" height="1"/></bpmndi:BPMNShape>'
    spaces = (
        b'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    )

    def drawn(name: str) -> set[str]:
        diagram = f"<bpmndi:BPMNDiagram>{plane.format(shape.format(name))}</bpmndi:BPMNDiagram></definitions>".encode()
        xml = document(LINE).replace(b"</definitions>", diagram).replace(b"<definitions ", b"<definitions " + spaces)
        return {fault.code for fault in check_model(read_model(xml))}

    assert drawn("a") == set()
    assert drawn("ghost") == {"flow.check.dangling-reference"}


def test_a_sketch_that_is_not_executable_may_leave_details_open():
    body = SE + nodes("exclusiveGateway", "g") + nodes("task", "a b") + event("intermediateCatchEvent", "c", "message")
    assert codes(body + flows("s -> g -> a -> c -> e", "g -> b -> e"), executable="false") == set()


def test_expressions_that_are_not_feel_are_named_with_the_compilers_reason():
    body = (
        SE
        + '<exclusiveGateway id="g" default="g-b"/>'
        + nodes("task", "a b")
        + flows("s -> g", "g -> b -> e", "a -> e")
    )
    drawn = model(body + flows("g -> a [x ==== 1]"))
    assert check_model(drawn) == []
    (fault,) = check_model(drawn, compile_expression)
    assert (fault.code, fault.element) == ("flow.check.unreadable-expression", "g-a")
    assert check_model(model(body + flows("g -> a [${x == 1 && y}]")), compile_expression) == []


def test_every_fault_is_worded_with_its_remedy():
    for code, words in texts().items():
        assert len(words) == 4, code
        assert all(words), code


def wide(join: str) -> str:
    branches = nodes("startEvent", "s") + nodes("endEvent", "e") + nodes("parallelGateway", "g") + nodes(join, "j")
    for number in range(12):
        edge = event("boundaryEvent", f"x{number}", "timer:P1D", attachedToRef=f"a{number}", cancelActivity="false")
        branches += nodes("userTask", f"a{number} b{number} h{number}") + edge
        branches += flows(f"g -> a{number} -> b{number} -> j", f"x{number} -> h{number} -> e")
    return branches + flows("s -> g", "j -> e")


def test_a_wide_model_is_judged_too_though_its_markings_are_too_many_to_count():
    assert codes(wide("parallelGateway")) == set()
    assert "lost-synchronisation" in codes(wide("exclusiveGateway"))
    interrupting = wide("parallelGateway").replace(
        'id="x3" attachedToRef="a3" cancelActivity="false"', 'id="x3" attachedToRef="a3"'
    )
    assert codes(interrupting) == {"deadlock"}
