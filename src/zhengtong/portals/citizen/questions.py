"""The situation questions（情形引导）: what is asked, what was chosen, what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.declared.shapes import Pack, Question
from zhengtong.portals.citizen.contexts import QuestionView
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import words_of
from zhengtong.rules import compile_condition

PREFIX = "answer-"


def chosen_answers(pack: Pack, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers a form or a link carries, only those the pack offers."""
    chosen = {}
    for question in pack.questions:
        value = given.get(f"{PREFIX}{question.id}", given.get(question.id, ""))
        if value in {option for option, _words in question.options}:
            chosen[question.id] = value
    return chosen


def is_asked(question: Question, answers: Mapping[str, str]) -> bool:
    """Return whether the answers so far call for the question."""
    return not question.when or bool(compile_condition(question.when).holds({"answers": dict(answers)}))


def question_faults(pack: Pack, chosen: Mapping[str, str]) -> list[Fault]:
    """Return a fault for each question that is asked and not answered."""
    return [
        Fault(f"question:{question.id}", f"q-{question.id}", _("请回答：%(q)s") % {"q": words_of(question.title)})
        for question in pack.questions
        if question.id not in chosen and is_asked(question, chosen)
    ]


def question_views(pack: Pack, chosen: Mapping[str, str], fault_of: Mapping[str, str]) -> tuple[QuestionView, ...]:
    """Return the questions to show."""
    return tuple(
        QuestionView(
            id=question.id,
            title_zh=question.title.zh,
            title_en=question.title.en,
            help_zh=question.help.zh if question.help else "",
            help_en=question.help.en if question.help else "",
            options=tuple(
                (value, words_of(text), chosen.get(question.id) == value) for value, text in question.options
            ),
            fault=fault_of.get(f"question:{question.id}", ""),
        )
        for question in pack.questions
        if is_asked(question, chosen)
    )
