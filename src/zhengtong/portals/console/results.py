"""A simulation's result made into headlines and charts（结果图表）; groups too small to tell are not told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from zhengtong.apps.policies.shapes import SimulationShape
from zhengtong.declared.rule_sets import PopulationUse, RuleSet
from zhengtong.portals.console.contexts import ChangeTold, Headline
from zhengtong.portals.console.figures import exact, plain, short, short_signed, signed, whole
from zhengtong.portals.ui.charts import FEWEST, Chart, Line, diverging, paired
from zhengtong.portals.ui.languages import pick
from zhengtong.simulation import Amounts, Group, Simulated


def changes_told(rule_set: RuleSet, run: SimulationShape) -> tuple[ChangeTold, ...]:
    """Return each changed parameter, before and after."""
    now = rule_set.values_in_force(run.on, run.region)
    units = {name: str(history.values[-1].get("unit", "")) for name, history in rule_set.parameters.items()}
    return tuple(
        ChangeTold(rule_set.parameters[name].title, plain(now.get(name)), plain(Decimal(value)), units[name])
        for name, value in run.changes.items()
    )


def headlines(result: Simulated, use: PopulationUse, unit: str) -> tuple[Headline, ...]:
    """Return the four figures at the top."""
    total = result.total
    percent = signed(total.change / total.baseline * 100, 2) + "%" if total.baseline else "—"
    title = _("税费收入变化（元）") if use.paid_by == "people" else _("财政支出变化（元）")
    before = short(total.baseline)
    after = short(total.reform)
    return (
        Headline(title, short_signed(total.change), percent),
        Headline(_("改动前 → 改动后（元）"), f"{before} → {after}", _("合计")),
        Headline(_("受益"), whole(total.winners), f"{unit} · {_('合计')} {short(total.gained)}"),
        Headline(_("受损"), whole(total.losers), f"{unit} · {_('合计')} {short(total.lost)}"),
    )


def charts_of(
    result: Simulated, use: PopulationUse, unit: str, names: Mapping[str, Mapping[str, str]]
) -> tuple[Chart, ...]:
    """Return the charts: by decile, and by each column the rule set tells results by."""
    charts = []
    if result.deciles:
        charts.append(_deciles(result.deciles, unit))
    for one in use.by:
        title = pick(one.title.zh, one.title.en)
        charts.append(_groups(one.column, title, result.by.get(one.column, ()), unit, names.get(one.column, {})))
    return tuple(charts)


def _mean_gain(amounts: Amounts) -> Decimal | None:
    """Return what each person gains on average; None for a group too small to tell."""
    if amounts.rows < FEWEST or not amounts.people:
        return None
    return (amounts.gained - amounts.lost) / amounts.people


def _told(amounts: Amounts, say: Callable[[Amounts], str]) -> str:
    return _("少于 %(n)s，不显示") % {"n": FEWEST} if amounts.rows < FEWEST else say(amounts)


def _deciles(groups: Sequence[Group], unit: str) -> Chart:
    values = [_mean_gain(group.amounts) for group in groups]
    zero, bars = diverging(values)
    labels = [_("第 %(n)s 组") % {"n": group.value} for group in groups]
    lines = tuple(
        Line(label, bar, "—" if value is None else signed(value))
        for label, bar, value in zip(labels, bars, values, strict=True)
    )
    return Chart(
        "deciles",
        _("按收入十等分组：平均每%(unit)s得失（元）") % {"unit": unit},
        _("第 1 组收入最低，第 10 组最高。"),
        lines,
        zero,
        (("gain", _("受益")), ("loss", _("受损"))),
        _head(_("收入组"), unit),
        tuple(_row(label, group.amounts) for label, group in zip(labels, groups, strict=True)),
    )


def _groups(column: str, title: str, groups: Sequence[Group], unit: str, names: Mapping[str, str]) -> Chart:
    labels = [names.get(group.value or "", group.value or _("（空）")) for group in groups]
    hidden = [group.amounts.rows < FEWEST for group in groups]
    before = [None if hide else group.amounts.baseline for hide, group in zip(hidden, groups, strict=True)]
    after = [None if hide else group.amounts.reform for hide, group in zip(hidden, groups, strict=True)]
    lines = tuple(
        Line(label, bar, _told(group.amounts, lambda amounts: short_signed(amounts.change)))
        for label, bar, group in zip(labels, paired(before, after), groups, strict=True)
    )
    return Chart(
        column.replace("_", "-"),
        _("按%(title)s：改动前后合计（元）") % {"title": title},
        _("右边的数字是改动后比改动前多出的金额。"),
        lines,
        "0",
        (("before", _("改动前")), ("after", _("改动后"))),
        _head(title, unit),
        tuple(_row(label, group.amounts) for label, group in zip(labels, groups, strict=True)),
    )


def _head(first: str, unit: str) -> tuple[str, ...]:
    return (
        first,
        _("数量（%(unit)s）") % {"unit": unit},
        _("改动前（元）"),
        _("改动后（元）"),
        _("变化（元）"),
        _("受益"),
        _("受损"),
    )


def _row(label: str, amounts: Amounts) -> tuple[str, ...]:
    if amounts.rows < FEWEST:
        return (label, _told(amounts, lambda _amounts: ""), "—", "—", "—", "—", "—")
    return (
        label,
        whole(amounts.people),
        exact(amounts.baseline),
        exact(amounts.reform),
        signed(amounts.change),
        whole(amounts.winners),
        whole(amounts.losers),
    )
