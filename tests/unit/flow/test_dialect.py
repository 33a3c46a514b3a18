"""Expressions of other tools, told in FEEL."""

from __future__ import annotations

import pytest

from zhengtong.flow.program.dialect import to_feel, to_steps


@pytest.mark.parametrize(
    ("text", "feel"),
    [
        ("${x == 1 && !done}", "x = 1  and  not(done)"),
        ("#{!(a || b)}", "not((a  or  b))"),
        ("=x > 5", "x > 5"),
        ("return amount > 5;", "amount > 5"),
        ("a == 'b'", 'a = "b"'),
        ('x.contains("a")', 'contains(x, "a")'),
        ("n % 2 == 0", "modulo(n, 2) = 0"),
        ("x != null", "x != null"),
        ("not x", "not(x)"),
        ("${not empty x}", 'not((x = null or x = ""))'),
        ("x <> 4", "x != 4"),
        ('execution.getVariable("x") > 2', "x > 2"),
        ("ok ? 1 : 2", "if ok  then  1  else  2"),
    ],
)
def test_foreign_notation_becomes_feel(text, feel):
    assert to_feel(text) == feel


@pytest.mark.parametrize(
    "feel",
    [
        'date("2020-01-01") < today()',
        "some x in [1, 2] satisfies x > 1",
        "x in [1..5]",
        "if a then b else c",
        "not(x)",
        'string length("a == b && c") = 11',
        "x.y.z > 1",
        "对象.年龄 >= 18",
    ],
)
def test_feel_stays_as_it_is(feel):
    assert to_feel(feel) == feel


@pytest.mark.parametrize(
    ("script", "steps"),
    [
        ('x = x + 1;\ny = "a"', (("x", "x + 1"), ("y", '"a"'))),
        ("x++", (("x", "x + 1"),)),
        ("x := y", (("x", "y"),)),
        ("n += 2", (("n", "n + (2)"),)),
        ('execution.setVariable("a", 5);', (("a", "5"),)),
        ("{a: 1, b: x + 1}", (("", "{a: 1, b: x + 1}"),)),
        ('throw new BpmnError("E1")', (("!throw", "E1"),)),
        ("// said\nvar z = [1,\n2];", (("z", "[1,\n2]"),)),
    ],
)
def test_simple_scripts_become_steps(script, steps):
    assert to_steps(script) == steps


def test_a_script_with_a_result_variable_is_one_expression():
    assert to_steps("x = 1", "same") == (("same", "x = 1"),)
