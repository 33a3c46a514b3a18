"""The indicators as they are declared（指标口径）, read from indicators.yaml once a process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhengtong.apps.indicators.shapes import Indicator
from zhengtong.declared import Text
from zhengtong.kit import Refused

OWNER = Text("政务服务主管部门（数据局）", "Data Bureau")
SOURCES = {
    "cases": Text("办件库的日统计，每分钟更新", "Daily roll-ups of cases, brought up to date every minute"),
    "matters": Text("事项目录现状", "The catalogue of matters as it stands"),
}
PERIODS = {
    "cases": Text("按所选起止日；与上一个同样长的时段、去年同期比较", "The days chosen; compared with the same length before and a year ago"),
    "matters": Text("现状，不分时段", "As it stands now"),
}  # fmt: skip


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return every indicator, in the order they are shown."""
    given: list[dict[str, Any]] = yaml.safe_load(
        files("zhengtong.apps.indicators").joinpath("indicators.yaml").read_text("utf-8")
    )
    return tuple(_indicator(one) for one in given)


def indicator(id: str) -> Indicator:
    """Return an indicator by id; refused（404）when there is none."""
    found = next((one for one in indicators() if one.id == id), None)
    if found is None:
        raise Refused(
            "indicators.indicator.unknown",
            "没有这个指标，请从指标列表中选择。",
            "There is no such indicator; choose one from the list.",
            status=404,
        )
    return found


def _indicator(given: dict[str, Any]) -> Indicator:
    texts = ("title", "definition", "formula", "behind_title")
    words = {name: Text(**given[name]) for name in texts if name in given}
    plain = {name: value for name, value in given.items() if name not in texts}
    return Indicator(**words, **plain, source=SOURCES[given["of"]], period=PERIODS[given["of"]], owner=OWNER)
