"""Indicators in words（指标展示）: titles that say the figure, charts by the server, tables beside them, links deeper."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases.shapes import BucketCounts
from zhengtong.apps.indicators.shapes import Compared, Indicator, Reading, Row, Scope, Value
from zhengtong.portals.desk.contexts import QueueLine
from zhengtong.portals.ui.charts import Bar, Chart, Line
from zhengtong.portals.ui.languages import pick, words_of
from zhengtong.portals.ui.pages import with_query
from zhengtong.portals.ui.pieces import Pager


@dataclass(frozen=True)
class Card:
    """One indicator in the list（指标卡）: a sentence, what it is compared with, twelve months as bars, its page."""

    id: str
    sentence: str
    value: str
    compared: tuple[str, ...]
    months: tuple[MonthBar, ...]
    url: str


@dataclass(frozen=True)
class MonthBar:
    """One month of a card（月）; `height` in percent of the highest."""

    title: str
    height: str
    offset: str
    x: str


@dataclass(frozen=True)
class Link:
    """A place one can look into（下钻）: its name, its value, its address; no address when too few to look into."""

    title: str
    value: str
    url: str


@dataclass(frozen=True)
class Filters:
    """The period and place asked for（筛选）."""

    since: str
    until: str
    region: str
    regions: tuple[tuple[str, str], ...]
    organisation: str
    is_bound: bool


@dataclass(frozen=True)
class IndicatorsContext:
    """Every indicator（指标）in a period."""

    section: str
    counts: BucketCounts
    filters: Filters
    cards: tuple[tuple[str, tuple[Card, ...]], ...]
    rolled_at: dt.datetime | None


@dataclass(frozen=True)
class IndicatorContext:
    """One indicator looked into（指标钻取）."""

    section: str
    counts: BucketCounts
    filters: Filters
    indicator: Indicator
    sentence: str
    compared: tuple[str, ...]
    charts: tuple[Chart, ...]
    regions: tuple[Link, ...]
    organisations: tuple[Link, ...]
    here: str
    csv_url: str
    cases_url: str
    cases_title: str
    rolled_at: dt.datetime | None


@dataclass(frozen=True)
class BehindContext:
    """The cases behind an indicator（指标背后的办件）."""

    section: str
    counts: BucketCounts
    indicator: Indicator
    filters: Filters
    lines: tuple[QueueLine, ...]
    total: int
    pager: Pager
    back: str


def say(indicator: Indicator, value: Value) -> str:
    """Return a value in words: 96.3%, 3.5 天, 1,204 件; why there is none."""
    if not value.is_told:
        return _("少于 10 件，不单列")
    if value.value is None:
        return _("还没有数")
    if indicator.unit == "percent":
        return f"{value.value}%"
    if indicator.unit == "days":
        return _("%(n)s 天") % {"n": value.value}
    return f"{int(value.value):,}"


def sentence(compared: Compared) -> str:
    """Return the title as a sentence: what it is, and whether it went up or down."""
    one, value = compared.indicator, compared.value
    said = _("%(title)s：%(value)s") % {"title": words_of(one.title), "value": say(one, value)}
    if value.value is None or compared.before is None or compared.before.value is None or not value.is_told:
        return said
    change = value.value - compared.before.value
    if not change:
        return _("%(said)s，与上期持平") % {"said": said}
    size = _size(one, abs(change))
    return (_("%(said)s，比上期高 %(size)s") if change > 0 else _("%(said)s，比上期低 %(size)s")) % {
        "said": said, "size": size
    }  # fmt: skip


def comparisons(compared: Compared) -> tuple[str, ...]:
    """Return what the value is compared with: the period before, the same days a year ago, numerator and denominator."""
    one = compared.indicator
    told = [(_("上期"), compared.before), (_("去年同期"), compared.last_year)]
    lines = [_("%(when)s %(value)s") % {"when": when, "value": say(one, value)} for when, value in told if value]
    if one.under and compared.value.is_told and one.unit == "percent":
        lines.append(f"{compared.value.over:,.0f} ÷ {compared.value.under:,.0f}")
    return tuple(lines)


def card_of(compared: Compared, scope: Scope) -> Card:
    """Return an indicator as a card of the list."""
    one = compared.indicator
    url = address("desk:indicator", one, scope)
    return Card(one.id, sentence(compared), say(one, compared.value), comparisons(compared), _months(compared), url)


def charts_of(reading: Reading) -> tuple[Chart, ...]:
    """Return the charts of one indicator: by month, by region, by department."""
    one = reading.compared.indicator
    parts = (
        ("months", _("按月"), _latest, reading.compared.series),
        ("regions", _("按区划"), _range, reading.regions),
        ("departments", _("按部门"), _range, reading.organisations),
    )
    return tuple(_chart(one, id, title, say_it(one, title, rows), rows) for id, title, say_it, rows in parts if rows)


def links_of(reading: Reading, scope: Scope, by: str) -> tuple[Link, ...]:
    """Return the places one can look into: regions, or departments within what was chosen."""
    one = reading.compared.indicator
    if by == "region":
        places = [(row, {"region": f"{row.code}000000"}) for row in reading.regions]
    else:
        places = [(row, {"organisation": row.code}) for row in reading.organisations]
    return tuple(
        Link(
            pick(row.title_zh, row.title_en),
            say(one, row.value),
            address("desk:indicator", one, scope, **chosen) if row.value.is_told else "",
        )
        for row, chosen in places
    )


def address(name: str, one: Indicator, scope: Scope, **changed: str) -> str:
    """Return the address of a page of an indicator in a scope; the filters stand in the query."""
    kept = {
        "since": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        "region": scope.region,
        "organisation": "" if scope.is_bound else str(scope.organisation_id or ""),
    }
    return with_query(reverse(name, args=[one.id]), **{**kept, **changed})


def to_csv(reading: Reading) -> str:
    """Return the figures of one indicator as a table: by what, place or month, value, numerator, denominator."""
    one = reading.compared.indicator
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_("分组"), _("名称"), words_of(one.title), _("分子"), _("分母")])
    groups: tuple[tuple[str, Iterable[Row]], ...] = (
        (_("合计"), [Row("", "合计", "All", reading.compared.value)]),
        (_("按月"), reading.compared.series),
        (_("按区划"), reading.regions),
        (_("按部门"), reading.organisations),
    )
    for title, rows in groups:
        for row in rows:
            told = row.value.is_told
            parts = [f"{row.value.over:.0f}", f"{row.value.under:.0f}" if one.under else ""] if told else ["", ""]
            writer.writerow([title, pick(row.title_zh, row.title_en), say(one, row.value), *parts])
    return "\ufeff" + file.getvalue()


def _size(one: Indicator, change: Decimal) -> str:
    if one.unit == "percent":
        return _("%(n)s 个百分点") % {"n": change}
    return _("%(n)s 天") % {"n": change} if one.unit == "days" else f"{int(change):,}"


def _latest(one: Indicator, title: str, rows: tuple[Row, ...]) -> str:
    """Return a chart of months as a sentence: the latest, and the highest."""
    told = [row for row in rows if row.value.value is not None]
    if not told:
        return title
    best = max(told, key=lambda row: row.value.value or Decimal(0))
    return _("%(title)s：最近 %(latest)s（%(month)s），最高 %(best)s（%(when)s）") % {
        "title": title,
        "latest": say(one, told[-1].value),
        "month": told[-1].title_zh,
        "best": say(one, best.value),
        "when": best.title_zh,
    }


def _range(one: Indicator, title: str, rows: tuple[Row, ...]) -> str:
    """Return a chart of places as a sentence: between which values they lie; nobody is ranked."""
    told = sorted(
        (row.value for row in rows if row.value.value is not None), key=lambda value: value.value or Decimal(0)
    )
    if not told:
        return title
    if len(told) == 1:
        return _("%(title)s：%(value)s") % {"title": title, "value": say(one, told[0])}
    return _("%(title)s：在 %(low)s 到 %(high)s 之间") % {
        "title": title, "low": say(one, told[0]), "high": say(one, told[-1])
    }  # fmt: skip


def _full(one: Indicator, values: Iterable[Decimal | None]) -> Decimal:
    """Return the value a whole bar stands for: 100 for a share, else the largest."""
    largest = max([value for value in values if value is not None], default=Decimal(0))
    return Decimal(100) if one.unit == "percent" else largest or Decimal(1)


def _months(compared: Compared) -> tuple[MonthBar, ...]:
    told = [(row, row.value.value) for row in compared.series]
    most = _full(compared.indicator, (value for _row, value in told))
    bars = []
    for place, (row, value) in enumerate(told):
        height = (value or Decimal(0)) / most * 100
        bars.append(MonthBar(row.title_zh, f"{height:.1f}", f"{100 - height:.1f}", f"{place * 10}"))
    return tuple(bars)


def _chart(one: Indicator, id: str, title: str, sentence: str, rows: tuple[Row, ...]) -> Chart:
    most = _full(one, (row.value.value for row in rows))
    lines = tuple(
        Line(
            pick(row.title_zh, row.title_en),
            (Bar("0", f"{max(row.value.value, Decimal(0)) / most * 100:.2f}", "after"),) if row.value.value else (),
            say(one, row.value),
        )
        for row in rows
    )
    head = (title, words_of(one.title), _("分子"), _("分母"))
    table = tuple(
        (
            pick(row.title_zh, row.title_en),
            say(one, row.value),
            f"{row.value.over:,.0f}" if row.value.is_told else "—",
            f"{row.value.under:,.0f}" if row.value.is_told and one.under else "—",
        )
        for row in rows
    )
    return Chart(id, sentence, words_of(one.formula), lines, "0", (), head, table)
