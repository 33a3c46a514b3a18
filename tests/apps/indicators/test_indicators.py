"""Indicators come from cases day by day, agree with counting the cases themselves, tell nothing of few, and respect departments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apps.cases.city import apply_for_permit
from zhengtong.apps.cases import actions as cases
from zhengtong.apps.cases.queries import statistics
from zhengtong.apps.indicators import queries, tasks
from zhengtong.apps.indicators.declared import indicators
from zhengtong.apps.indicators.models import MEASURES, DayFigure
from zhengtong.apps.indicators.shapes import Row, Value
from zhengtong.apps.indicators.suppression import FEWEST, suppress
from zhengtong.apps.matters.shapes import ServiceFigures
from zhengtong.kit import Refused


def settle(city, at, *, after_days=2):
    """Return a permit accepted at a moment and granted some days later."""
    case = apply_for_permit(city, at)
    police = city.officer("public-security", "window", "examiner")
    case = cases.accept_case(case_no=case.no, by=police, at=at, version=case.version)
    done = at + dt.timedelta(days=after_days)
    return cases.settle_case(
        case_no=case.no, decision="granted", by=police, at=done, version=case.version, outcome={"permit_no": "J1"}
    )


def period(city, function="public-security", **asked):
    head = city.officer(function, "leader")
    today = city.now.date()
    return head, queries.scope_of(head, today - dt.timedelta(days=30), today + dt.timedelta(days=30), **asked)


@pytest.fixture
def settled(city):
    """Eleven permits granted in time, one late; counted."""
    for _ in range(FEWEST + 1):
        settle(city, city.now)
    settle(city, city.now, after_days=20)
    tasks.keep_up(at=city.now + dt.timedelta(days=25))
    return city


def test_the_values_are_those_of_the_cases(settled) -> None:
    _, scope = period(settled)
    found = {one.indicator.id: one.value for one in queries.list_indicators(scope)}
    assert (found["on-time"].over, found["on-time"].under) == (11, 12)
    assert found["on-time"].value == Decimal("91.7")
    assert found["settled"].value == found["submitted"].value == 12
    assert found["granted"].value == 100
    assert found["mean-days"].value == Decimal("3.5")
    assert found["review-rate"].value == 0
    assert found["satisfied"].value is None


def test_days_are_counted_again_and_made_good(settled) -> None:
    def rows():
        return sorted(DayFigure.objects.values_list("day", "region", "organisation_id", "matter_code", *MEASURES))

    before, later = rows(), settled.now + dt.timedelta(days=28)
    assert len(before) >= 2
    tasks.keep_up(at=settled.now + dt.timedelta(days=25, hours=1))
    assert rows() == before
    settle(settled, later - dt.timedelta(days=2), after_days=1)
    tasks.keep_up(at=later)
    _, scope = period(settled)
    assert {one.indicator.id: one.value.value for one in queries.list_indicators(scope)}["settled"] == 13


def test_the_cases_behind_are_the_late_ones_and_only_their_departments(settled) -> None:
    head, scope = period(settled)
    page = queries.list_cases("on-time", scope, head, at=settled.now)
    assert page.total == 1
    other, others_scope = period(settled, "health")
    assert queries.list_cases("on-time", others_scope, other, at=settled.now).total == 0
    assert {one.indicator.id: one.value.over for one in queries.list_indicators(others_scope)}["settled"] == 0


def test_heads_alone_see_figures_and_are_bound_to_their_own_department(city) -> None:
    police, today = city.orgs["public-security"].id, city.now.date()
    _, scope = period(city, "health", organisation_id=police)
    assert (scope.organisation_id, scope.is_bound) == (city.orgs["health"].id, True)
    for role in ("window", "examiner"):
        with pytest.raises(Refused, match="只有单位负责人"):
            queries.scope_of(city.officer("health", role), today, today)
    with pytest.raises(Refused) as refused:
        queries.scope_of(city.officer("health", "leader"), today, today - dt.timedelta(days=1))
    assert refused.value.field == "since"


def test_one_indicator_by_month_and_region(settled) -> None:
    _, scope = period(settled)
    reading = queries.read_indicator("on-time", scope)
    assert [row.value.under for row in reading.regions] == [12]
    assert sum(row.value.under for row in reading.compared.series) == 12
    assert reading.organisations == ()


def test_matters_are_counted_from_the_catalogue(city) -> None:
    _, scope = period(city)
    found = {one.indicator.id: one.value for one in queries.list_indicators(scope)}
    assert found["never-rate"].value == 100
    assert found["material-cut"].value == (
        Decimal(100) * int(found["material-cut"].over) / int(found["material-cut"].under)
    ).quantize(Decimal("0.1"))
    assert 0 < found["time-cut"].value < 100


def test_every_indicator_is_fully_declared_and_counts_what_exists() -> None:
    names = {"cases": set(MEASURES), "matters": set(ServiceFigures.__dataclass_fields__)}
    assert len({one.id for one in indicators()}) == len(indicators())
    for one in indicators():
        assert {one.over, *([one.under] if one.under else [])} <= names[one.of], one.id
        assert one.of == "matters" or one.behind in statistics.BEHIND, one.id
        assert all((one.title.en, one.definition.zh, one.formula.zh, one.owner.zh, one.source.zh)), one.id


def row(code: str, cases: int) -> Row:
    return Row(code, code, code, Value(cases, cases, Decimal(1)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_group_of_few_is_told_nor_can_be_reckoned(sizes) -> None:
    rows = suppress([row(str(n), size) for n, size in enumerate(sizes)])
    hidden = [one.value.under for one in rows if not one.value.is_told]
    assert all(one.value.is_told is False for one in rows if 0 < one.value.under < FEWEST)
    if hidden and any(size >= FEWEST for size in sizes):
        assert len(hidden) >= 2
