"""The parser fuzz finds nothing in a moment, and would find what it looks for."""

from __future__ import annotations

import itertools

from tests.generative.fuzz_parser import fault_of, fault_of_refusal, run
from zhengtong.kit import Refused
from zhengtong.rules.syntax import parse_expression


def test_mangled_texts_are_parsed_or_refused_in_full() -> None:
    found = run(minutes=0.02, seed=20261121)
    assert found.faults == []
    assert found.texts > found.refused > 0


def test_an_exception_is_a_fault() -> None:
    fault, _ = fault_of(lambda: 1 // 0)
    assert fault == "ZeroDivisionError: integer division or modulo by zero"


def test_a_hang_is_a_fault() -> None:
    fault, _ = fault_of(lambda: all(number >= 0 for number in itertools.count()))
    assert fault == "more than 1.0 s"


def test_a_refusal_without_its_place_is_a_fault() -> None:
    assert fault_of_refusal(Refused("rules.syntax", "规则写错了。", "It is wrong.", facts={})) is not None


def test_a_refusal_told_in_full_is_none() -> None:
    _, refusal = fault_of(lambda: parse_expression("1 +"))
    assert refusal is not None
    assert fault_of_refusal(refusal) is None
