"""Terms that law sets are found by code and day, and promises may only be shorter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhengtong.kit import Refused
from zhengtong.kit.calendar import Term, Unit, get_statutory_term, list_statutory_terms

TODAY = date(2026, 11, 19)


def test_the_decision_on_a_licence_takes_twenty_workdays_and_ten_more_with_approval():
    decide = get_statutory_term("LIC_DECIDE", on=TODAY)
    assert (decide.term.n, decide.term.unit) == (20, Unit.WORKDAY)
    assert (decide.extension.n, decide.extended_by, decide.pauses) == (10, "agency_head", ("special_procedure",))
    assert str(decide.basis) == "《行政许可法》第四十二条"


def test_an_article_renumbered_is_cited_by_the_day():
    assert get_statutory_term("NETLOG_KEEP", on=date(2025, 12, 31)).basis.article == "第二十一条"
    assert get_statutory_term("NETLOG_KEEP", on=date(2026, 1, 1)).basis.article == "第二十三条"


@pytest.mark.parametrize(("code", "on"), [("SHR_DELIVER", date(2025, 7, 31)), ("NO_SUCH", TODAY)])
def test_a_term_not_in_force_is_refused(code, on):
    with pytest.raises(Refused, match=r"term\.statutory\.unknown"):
        get_statutory_term(code, on=on)


def test_every_code_has_one_term_a_day_and_every_term_its_law():
    for on in (date(2020, 6, 1), date(2025, 12, 31), TODAY):
        terms = list_statutory_terms(on=on)
        assert len({one.code for one in terms}) == len(terms)
        assert all(one.basis.law and one.basis.since for one in terms)
        assert all(one.basis.article or one.is_configurable for one in terms)
    assert len(list_statutory_terms(on=TODAY)) > 40


def test_a_promise_may_be_shorter_but_not_longer_nor_in_another_unit():
    decide = get_statutory_term("LIC_DECIDE", on=TODAY)
    assert decide.check_promise(Term(20, Unit.WORKDAY)).n == 20
    for promised, code in (
        (Term(21, Unit.WORKDAY), "term.promise.longer"),
        (Term(5, Unit.CALENDAR_DAY), "term.promise.unit"),
    ):
        with pytest.raises(Refused) as caught:
            decide.check_promise(promised)
        assert (caught.value.code, caught.value.basis) == (code, decide.basis)


def test_a_term_is_in_force_from_its_first_day_to_its_last():
    old = get_statutory_term("NETLOG_KEEP", on=date(2025, 6, 1))
    assert old.is_in_force(old.since)
    assert not old.is_in_force(old.since - timedelta(days=1))
    assert not old.is_in_force(old.until + timedelta(days=1))
