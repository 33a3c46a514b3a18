"""Faults of what a drawing says beside its arrows: formal text, data that fits its message, choreographies, links."""

from __future__ import annotations

import pytest

from tests.unit.flow.drawing import event, flows, model, nodes
from zhengtong.flow import check_model

FORMAL = 'xsi:type="tFormalExpression"'
START_END = nodes("startEvent", "s") + nodes("endEvent", "e")
ITEMS = '<itemDefinition id="I" structureRef="text"/><itemDefinition id="N" structureRef="number"/><itemDefinition id="C" isCollection="true" structureRef="text"/>'
MESSAGES = f'{ITEMS}<message id="M" name="m" itemRef="I"/>'
OPERATION = f'{MESSAGES}<interface id="F" name="f"><operation id="O" name="o"><inMessageRef>M</inMessageRef></operation></interface>'


def drawn(middle: str, chain: str = "s -> a -> e") -> str:
    return START_END + middle + flows(chain)


def given(item: str, more: str = "") -> str:
    return (
        f'<ioSpecification><dataInput id="d" itemSubjectRef="{item}" {more}/><inputSet><dataInputRefs>d</dataInputRefs>'
        "</inputSet><outputSet/></ioSpecification>"
    )


def many(inner: str, said: str = "") -> str:
    return f'<task id="a"><multiInstanceLoopCharacteristics {said}>{inner}</multiInstanceLoopCharacteristics></task>'


def timed(inner: str) -> str:
    return drawn(
        f'<intermediateCatchEvent id="a"><timerEventDefinition>{inner}</timerEventDefinition></intermediateCatchEvent>'
    )


def linked(target: str, source: str) -> str:
    ends = f'<intermediateThrowEvent id="l1"><linkEventDefinition id="out" name="x">{target}</linkEventDefinition></intermediateThrowEvent>'
    ends += f'<intermediateCatchEvent id="l2"><linkEventDefinition id="in" name="x">{source}</linkEventDefinition></intermediateCatchEvent>'
    return START_END + ends + flows("s -> l1", "l2 -> e")


COUNT = f"<loopCardinality {FORMAL}>3</loopCardinality>"
LOOP_DATA = '<loopDataInputRef>d</loopDataInputRef><inputDataItem id="i" itemSubjectRef="{}"/>'
DANCE = '<choreographyTask id="x" initiatingParticipantRef="p1"><participantRef>p1</participantRef><participantRef>p2</participantRef></choreographyTask>'
POOLS = '<collaboration id="co"><participant id="p1"/><participant id="p2"/></collaboration>'
THEIRS = given("I").replace('id="d"', 'id="g"').replace("Refs>d<", "Refs>g<")
CALLED = f'{ITEMS}<globalTask id="G">{THEIRS}</globalTask>'
PLURAL = given("C", 'isCollection="true"')
LOOPING = many(LOOP_DATA.format("I"))[13:]


@pytest.mark.parametrize(
    ("body", "roots"),
    [
        (timed(f"<timeDuration {FORMAL}>PT1H</timeDuration>"), ""),
        (drawn('<scriptTask id="a" scriptFormat="text/feel"><script>1</script></scriptTask>'), ""),
        (drawn(f'<serviceTask id="a" operationRef="O">{given("I")}</serviceTask>'), OPERATION),
        (drawn('<sendTask id="a" messageRef="M"/>'), MESSAGES),
        (drawn(f'<callActivity id="a" calledElement="G">{given("I")}</callActivity>'), CALLED),
        (drawn(f'<task id="a">{PLURAL}{LOOPING}'), ITEMS),
        (linked("<target>in</target>", "<source>out</source>"), ""),
        (linked("", ""), ""),
    ],
)
def test_what_fits_is_no_fault(body, roots):
    assert [fault for fault in check_model(model(body, roots)) if fault.is_serious] == []


@pytest.mark.parametrize(
    ("code", "body", "roots"),
    [
        ("informal-expression", timed("<timeDuration>PT1H</timeDuration>"), ""),
        ("informal-expression", drawn(many("<loopCardinality>3</loopCardinality>")), ""),
        ("timer-unreadable", timed(f"<timeCycle {FORMAL}>SOON</timeCycle>"), ""),
        ("not-a-truth", drawn(many(f"{COUNT}<completionCondition {FORMAL}>23</completionCondition>")), ""),
        (
            "empty-expression",
            drawn(many(f"{COUNT}<complexBehaviorDefinition><condition/></complexBehaviorDefinition>", 'behavior="Complex"')),
            "",
        ),
        ("bad-value", drawn('<task id="a"><documentation textFormat="wrong">x</documentation></task>'), ""),
        ("bad-value", drawn('<transaction id="a" method="no uri%"><task id="b"/></transaction>'), ""),
        ("data-count", drawn('<serviceTask id="a" operationRef="O"/>'), OPERATION),
        ("data-of-other-type", drawn(f'<serviceTask id="a" operationRef="O">{given("N")}</serviceTask>'), OPERATION),
        ("data-of-other-type", drawn(f'<sendTask id="a" messageRef="M">{given("N")}</sendTask>'), MESSAGES),
        ("data-count", drawn('<callActivity id="a" calledElement="G"/>'), CALLED),
        ("data-count", drawn(event("intermediateCatchEvent", "a", "message:M")), MESSAGES),
        ("collection-differs", drawn(f'<task id="a">{given("C")}</task>'), ITEMS),
        ("no-collection", drawn(f'<task id="a">{given("I")}{LOOPING}'), ITEMS),
        ("misplaced-element", drawn('<task id="a"/>') + DANCE, POOLS),
        ("misplaced-element", drawn('<task id="a"/>'), '<property id="p"/>'),
        ("misplaced-element", drawn('<task id="a"/>'), '<globalConversation id="g"><conversation id="v"/></globalConversation>'),
        ("not-immediate", drawn('<task id="a"/>').replace('id="s-a"', 'id="s-a" isImmediate="false"'), ""),
        ("link-one-sided", linked("<target>in</target>", ""), ""),
        (
            "name-of-other-data",
            drawn('<task id="a"/><dataObject id="o" name="表"/><dataObjectReference id="r" dataObjectRef="o" name="别的"/>'),
            "",
        ),
        ("call-without-start", drawn('<callActivity id="a" calledElement="P"/>').replace(nodes("startEvent", "s"), event("startEvent", "s", "timer:P1D")), ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(code, body, roots):
    assert f"flow.check.{code}" in {fault.code for fault in check_model(model(body, roots)) if fault.is_serious}


def test_a_public_process_is_not_run():
    drawing = model(drawn('<task id="a"/>'))
    drawing.root.find("{*}process").set("processType", "Public")
    assert "flow.check.public-executable" in {fault.code for fault in check_model(drawing)}
