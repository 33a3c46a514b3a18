"""DMN models: knowledge models, decision services, imports, types and their constraints, boxed expressions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from zhengtong.kit import Refused
from zhengtong.rules.dmn.from_xml import read_model
from zhengtong.rules.dmn.link import link
from zhengtong.rules.run import Runner

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="{space}" name="m">'
LIBRARY = (
    HEAD.format(space="lib")
    + """
<itemDefinition name="tPerson">
  <itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>number</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tAges" isCollection="true">
  <typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues>
</itemDefinition>
<businessKnowledgeModel id="b1" name="say hello"><variable name="say hello"/><encapsulatedLogic>
  <formalParameter name="person" typeRef="tPerson"/>
  <literalExpression><text>"Hello " + person.full name</text></literalExpression></encapsulatedLogic>
</businessKnowledgeModel>
<businessKnowledgeModel id="b2" name="fact"><variable name="fact"/><encapsulatedLogic>
  <formalParameter name="n" typeRef="number"/>
  <literalExpression><text>if n &lt;= 1 then 1 else n * fact(n - 1)</text></literalExpression></encapsulatedLogic>
  <knowledgeRequirement><requiredKnowledge href="#b2"/></knowledgeRequirement>
</businessKnowledgeModel>
<inputData id="i1" name="the person"><variable name="the person" typeRef="tPerson"/></inputData>
<inputData id="i2" name="ages"><variable name="ages" typeRef="tAges"/></inputData>
<decision id="d1" name="Greet"><variable name="Greet" typeRef="string"/>
  <informationRequirement><requiredInput href="#i1"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#b1"/></knowledgeRequirement>
  <literalExpression><text>say hello(the person)</text></literalExpression></decision>
<decision id="d2" name="Twice"><variable name="Twice"/>
  <informationRequirement><requiredDecision href="#d1"/></informationRequirement>
  <literalExpression><text>Greet + Greet</text></literalExpression></decision>
<decision id="d3" name="Factorial"><variable name="Factorial"/>
  <knowledgeRequirement><requiredKnowledge href="#b2"/></knowledgeRequirement>
  <literalExpression><text>fact(5)</text></literalExpression></decision>
<decision id="d4" name="Ages"><variable name="Ages"/>
  <informationRequirement><requiredInput href="#i2"/></informationRequirement>
  <literalExpression><text>count(ages)</text></literalExpression></decision>
<decisionService id="s1" name="greeting"><variable name="greeting"/>
  <outputDecision href="#d2"/><encapsulatedDecision href="#d1"/><inputData href="#i1"/></decisionService>
<decisionService id="s2" name="both"><variable name="both"/>
  <outputDecision href="#d2"/><outputDecision href="#d1"/><inputData href="#i1"/></decisionService>
<decisionService id="s3" name="from greet"><variable name="from greet"/>
  <outputDecision href="#d2"/><inputDecision href="#d1"/></decisionService>
<decision id="d5" name="Calls"><variable name="Calls"/>
  <knowledgeRequirement><requiredKnowledge href="#s1"/></knowledgeRequirement>
  <knowledgeRequirement><requiredKnowledge href="#s3"/></knowledgeRequirement>
  <literalExpression><text>[greeting({full name: "B", age: 1}), from greet(Greet: "y"), greeting("no"), greeting()]</text>
  </literalExpression></decision>
<decision id="d6" name="Boxed"><variable name="Boxed"/><knowledgeRequirement><requiredKnowledge href="#b1"/></knowledgeRequirement>
  <invocation><literalExpression><text>say hello</text></literalExpression><binding><parameter name="person"/>
  <context><contextEntry><variable name="full name"/><literalExpression><text>"Z"</text></literalExpression></contextEntry>
  <contextEntry><variable name="age"/><literalExpression><text>1</text></literalExpression></contextEntry></context>
  </binding></invocation></decision>
</definitions>"""
)
USER = (
    HEAD.format(space="user")
    + """
<import name="my lib" namespace="lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
<inputData id="i1" name="P"><variable name="P" typeRef="my lib.tPerson"/></inputData>
<decision id="d1" name="Hi"><variable name="Hi" typeRef="string"/>
  <informationRequirement><requiredInput href="#i1"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="lib#b1"/></knowledgeRequirement>
  <knowledgeRequirement><requiredKnowledge href="lib#s1"/></knowledgeRequirement>
  <literalExpression><text>my lib.say hello(P) + ", " + my lib.greeting(P)</text></literalExpression></decision>
</definitions>"""
)
ANN = {"full name": "Ann", "age": Decimal(3)}


def ask(name: str, **given: Any) -> Any:
    program = link(read_model(LIBRARY))
    values = {program.names[key.replace("_", " ")]: value for key, value in given.items()}
    return Runner(program).evaluate(program.names[name], values)


def test_a_decision_evaluates_what_it_requires() -> None:
    assert ask("Twice", the_person=ANN) == "Hello AnnHello Ann"
    assert ask("Twice", Greet="given") == "givengiven"
    assert ask("Boxed") == "Hello Z"


def test_a_knowledge_model_may_call_itself() -> None:
    assert ask("Factorial") == 120


def test_a_decision_service_is_a_function_of_its_inputs() -> None:
    assert ask("Calls") == ["Hello BHello B", "yy", None, None]
    program = link(read_model(LIBRARY))
    values = {program.names["the person"]: ANN}
    both = Runner(program).call(program.names["both"], values)
    assert both == {"Twice": "Hello AnnHello Ann", "Greet": "Hello Ann"}


@pytest.mark.parametrize(
    ("ages", "count"), [([Decimal(3)], 1), (Decimal(3), 1), ([Decimal(400)], None), (["x"], None), (None, None)]
)
def test_an_input_is_converted_to_its_type_and_checked_against_its_constraint(ages: Any, count: int | None) -> None:
    assert ask("Ages", ages=ages) == count


def test_a_context_without_a_declared_entry_is_not_of_its_type() -> None:
    assert ask("Greet", **{"the person": {"full name": "A"}}) is None
    assert ask("Greet", **{"the person": {"full name": "A", "age": None, "height": Decimal(180)}}) == "Hello A"


def test_an_import_is_known_by_its_name() -> None:
    program = link(read_model(USER), [read_model(LIBRARY)])
    found = Runner(program).evaluate(program.names["Hi"], {program.names["P"]: ANN})
    assert found == "Hello Ann, Hello AnnHello Ann"


def test_a_broken_text_is_refused_strictly_and_null_otherwise() -> None:
    broken = LIBRARY.replace("Greet + Greet", "Greet + nobody")
    with pytest.raises(Refused) as caught:
        link(read_model(broken))
    assert caught.value.code == "rules.name"
    broken = LIBRARY.replace("Greet + Greet", "Greet +")
    program = link(read_model(broken), strict=False)
    assert Runner(program).evaluate(program.names["Twice"], {program.names["the person"]: ANN}) is None
    assert len(program.problems) == 1


def test_a_file_with_entities_or_a_foreign_root_is_refused() -> None:
    for text in (
        "<a/>",
        "not xml",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><definitions>&e;</definitions>',
    ):
        try:
            model = read_model(text)
        except Refused as refusal:
            assert refusal.code == "rules.dmn"  # noqa: PT017 - refused or empty, both are right
        else:
            assert model.elements == ()
