"""Reads of this room（查询）: every indicator in a period, one of them by place and month, and the cases behind it.

Every figure comes from the daily roll-ups: a year of a city is some 40,000 rows, whatever the number of cases.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet, Sum

from zhengtong.apps.cases.queries import statistics
from zhengtong.apps.cases.shapes import QueuePage
from zhengtong.apps.indicators.declared import indicator as get_indicator
from zhengtong.apps.indicators.declared import indicators
from zhengtong.apps.indicators.models import MEASURES, DayFigure, RolledDay
from zhengtong.apps.indicators.shapes import Compared, Indicator, Reading, Row, Scope, Value
from zhengtong.apps.indicators.suppression import suppress, told
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

__all__ = ["get_indicator", "last_rolled", "list_cases", "list_indicators", "read_indicator", "scope_of"]

PERMISSION = "figures.view"
SEE_ALL = ("government", "data-bureau")
SECONDS_A_DAY = 86_400
Sums = Mapping[str, float]


def scope_of(by: Actor, since: dt.date, until: dt.date, region: str = "", organisation_id: int | None = None) -> Scope:
    """Return what this officer may see of what is asked; refused（403）to whoever may see no figures.

    Heads of the government office and the data bureau see every department, other heads their own alone.
    """
    own = by.organisation
    if own is None or not people.can_(by, PERMISSION, own.id):
        raise Refused(
            "indicators.figures.no-right",
            "只有单位负责人可以看指标。请联系本单位负责人，或请安全管理员设置岗位。",
            "Only heads of a department may see the indicators. Ask yours, or ask for the post.",
            status=403,
        )
    if since > until:
        raise Refused(
            "indicators.period.wrong-order",
            "开始日晚于结束日，请把两个日期调换。",
            "The first day is after the last; please exchange them.",
            field="since",
        )
    sees_all = own.function in SEE_ALL
    return Scope(since, until, region, organisation_id if sees_all else own.id, is_bound=not sees_all)


def list_indicators(scope: Scope) -> tuple[Compared, ...]:
    """Return every indicator in the scope, with the period before and a year ago; four queries over the roll-ups."""
    now, months = _sums(_within(scope)), _months(scope)
    before, year = _sums(_within(_before(scope))), _sums(_within(_year_ago(scope)))
    figures = dataclasses.asdict(matters.service_figures(scope.until))
    return tuple(
        _compared(one, now, before, year, months, scope)
        if one.of == "cases"
        else Compared(one, _value(one, figures), None, None, ())
        for one in indicators()
    )


def read_indicator(id: str, scope: Scope) -> Reading:
    """Return one indicator by month, region and department; small groups are not told. Six queries over the roll-ups."""
    one = get_indicator(id)
    if one.of == "matters":
        figures = dataclasses.asdict(matters.service_figures(scope.until))
        return Reading(Compared(one, _value(one, figures), None, None, ()), (), ())
    rows, names = _within(scope), tuple(name for name in (one.over, one.under) if name)
    before, year = _sums(_within(_before(scope)), names), _sums(_within(_year_ago(scope)), names)
    compared = _compared(one, _sums(rows, names), before, year, _months(scope, names), scope)
    of = "under" if one.under else "over"
    return Reading(
        compared,
        regions=suppress(_by_region(one, rows), of=of),
        organisations=() if scope.is_bound else suppress(_by_organisation(one, rows), of=of),
    )


def list_cases(id: str, scope: Scope, by: Actor, *, at: dt.datetime, page: int = 1) -> QueuePage:
    """Return the cases behind an indicator, those this officer may open."""
    one = get_indicator(id)
    return statistics.list_counted(
        by,
        one.behind,
        since=scope.since,
        until=scope.until,
        region=scope.region,
        organisation_id=scope.organisation_id,
        page=page,
        at=at,
    )


def last_rolled() -> dt.datetime | None:
    """Return when the newest day was counted, or None while nothing has been."""
    return RolledDay.objects.order_by("-day").values_list("at", flat=True).first()


def _within(scope: Scope) -> QuerySet[DayFigure]:
    rows = DayFigure.objects.filter(day__gte=scope.since, day__lte=scope.until)
    if scope.organisation_id is not None:
        rows = rows.filter(organisation_id=scope.organisation_id)
    return rows.filter(region=scope.region[:6]) if scope.region else rows


def _before(scope: Scope) -> Scope:
    length = scope.until - scope.since + dt.timedelta(days=1)
    return dataclasses.replace(scope, since=scope.since - length, until=scope.since - dt.timedelta(days=1))


def _year_ago(scope: Scope) -> Scope:
    return dataclasses.replace(scope, since=_last_year(scope.since), until=_last_year(scope.until))


def _last_year(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _sums(rows: QuerySet[DayFigure], names: Sequence[str] = MEASURES) -> Sums:
    found = rows.aggregate(**{f"sum_{name}": Sum(name) for name in names})
    return {name: found[f"sum_{name}"] or 0 for name in names}


def _grouped(rows: QuerySet[DayFigure], by: str, names: Sequence[str] = MEASURES) -> list[tuple[str, Sums]]:
    found = rows.order_by().values(by).annotate(**{f"sum_{name}": Sum(name) for name in names})
    groups = [(str(row[by] or ""), {name: row[f"sum_{name}"] or 0 for name in names}) for row in found]
    return sorted(groups, key=lambda group: group[0])


def _months(scope: Scope, names: Sequence[str] = MEASURES) -> list[tuple[str, Sums]]:
    """Return the sums of the twelve months that end with the scope; days are added up here, a year has few of them."""
    first = (scope.until.replace(day=1) - dt.timedelta(days=334)).replace(day=1)
    months: dict[str, dict[str, float]] = {}
    for day, sums in _grouped(_within(dataclasses.replace(scope, since=first)), "day", names):
        month = months.setdefault(day[:7], dict.fromkeys(names, 0))
        for name in names:
            month[name] += sums[name]
    return list(months.items())


def _compared(
    one: Indicator, now: Sums, before: Sums, year: Sums, months: list[tuple[str, Sums]], scope: Scope
) -> Compared:
    """Return an indicator beside its past; heads bound to their own department are told of few too, they handle them."""
    series = tuple(Row(month, month, month, _value(one, sums)) for month, sums in months)
    of = "under" if one.under else "over"
    values = [_value(one, now), _known(one, before), _known(one, year)]
    if not scope.is_bound:
        values = [value and told(value, of=of) for value in values]
    return Compared(one, values[0] or Value(0, 0, None), values[1], values[2], suppress(series, of=of))


def _known(one: Indicator, sums: Sums) -> Value | None:
    """Return the value of a period to compare with; None when it has nothing to compare with."""
    value = _value(one, sums)
    return value if value.value is not None and (value.under or value.over) else None


def _value(one: Indicator, sums: Mapping[str, float]) -> Value:
    over, under = float(sums[one.over]), float(sums[one.under]) if one.under else 0.0
    if one.unit == "count":
        return Value(over, over, Decimal(int(over)))
    if not under:
        return Value(over, under, None)
    over = under - over if one.complement else over
    share = Decimal(str(over)) / Decimal(str(under))
    scaled = share * 100 if one.unit == "percent" else share / SECONDS_A_DAY
    return Value(over, under, scaled.quantize(Decimal("0.1")))


def _by_region(one: Indicator, rows: QuerySet[DayFigure]) -> list[Row]:
    found = dict(_grouped(rows, "region", tuple(name for name in (one.over, one.under) if name)))
    known = {region.code[:6]: region for region in people.list_regions(settings.ZHENGTONG_REGION)}
    city = settings.ZHENGTONG_REGION[:4]
    elsewhere = ("外地", "Elsewhere")
    return [
        Row(code, *((known[code].name_zh, known[code].name_en) if code in known else ("市本级", "City") if code.startswith(city) else elsewhere), _value(one, sums))
        for code, sums in sorted(found.items())
    ]  # fmt: skip


def _by_organisation(one: Indicator, rows: QuerySet[DayFigure]) -> list[Row]:
    """Return the departments in the order they are registered: no league table."""
    found = dict(_grouped(rows, "organisation_id", tuple(name for name in (one.over, one.under) if name)))
    names = {str(one.id): one for one in people.list_organisations()}
    return [
        Row(code, names[code].short_zh or names[code].name_zh, names[code].short_en or names[code].name_en, _value(one, found[code]))
        for code in sorted(found, key=lambda code: int(code or 0))
        if code in names
    ]  # fmt: skip
