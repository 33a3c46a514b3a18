"""A pack's flow.bpmn is read by the flow check, and asks only for what the platform does（流程图检查）."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest

from zhengtong.apps.cases.actions.process_verbs import VERBS as DONE
from zhengtong.declared.checks.drawing import VERBS, check_drawing

DRAWING = (Path(__file__).parents[2] / "apps" / "cases" / "visit.bpmn").read_text(encoding="utf-8")


@dataclasses.dataclass
class Drawn:
    flow: str
    id: str = "visit-permit"


def found(drawing):
    return list(check_drawing(SimpleNamespace(pack=Drawn(drawing))))


def test_a_sound_drawing_and_a_matter_without_one_have_no_findings():
    assert found(DRAWING) == []
    assert found("standard") == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('zt:verb="notify"', 'zt:verb="phone"', "'phone'"),
        ('name="审批" zt:verb="settle"', 'name="审批" zt:verb="notify"', "'notify'"),
        ('zt:function="health"', 'zt:function="post-office"', "post-office"),
        ('targetRef="visit"', 'targetRef="nowhere"', "nowhere"),
        ('found = "nobody" and', 'found = "nobody" und', "f3"),
        ("</definitions>", "", "XML"),
    ],
)
def test_what_would_stop_a_case_is_found(old, new, word):
    assert old in DRAWING
    findings = found(DRAWING.replace(old, new))
    assert findings
    assert any(word in finding.wrong.en for finding in findings)
    assert all(finding.file == "visit-permit/flow.bpmn" and finding.instead.en for finding in findings)


def test_every_verb_a_drawing_may_ask_for_is_done():
    assert set(DONE) == VERBS
