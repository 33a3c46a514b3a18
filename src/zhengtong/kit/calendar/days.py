"""The rows a work calendar is built from（工作日历）: announced years as announced, later ones by the measure."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import yaml
from chinese_calendar import constants

FIRST_YEAR = min(constants.holidays).year
LAST_OFFICIAL_YEAR = max(constants.holidays).year


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the calendar table（日历日）.

    `is_legal_holiday` marks the holidays of the measure themselves, not the days off moved around them; `provisional`
    marks a day whose arrangement the State Council has not announced yet.
    """

    date: date
    is_workday: bool
    is_legal_holiday: bool = False
    name: str = ""
    source: str = ""
    provisional: bool = False


def list_official_days(first: int = FIRST_YEAR, last: int = LAST_OFFICIAL_YEAR) -> list[CalendarDay]:
    """Return every day of the announced years, make-up days（调休）included."""
    return [_official_day(day) for year in range(first, last + 1) for day in _days_of(year)]


def list_provisional_days(first: int = LAST_OFFICIAL_YEAR + 1, last: int | None = None) -> list[CalendarDay]:
    """Return every day of years not announced yet: Monday to Friday without the measure's fixed holidays."""
    years = range(first, (last_known_year() if last is None else last) + 1)
    return [_provisional_day(day) for year in years for day in _days_of(year)]


def last_known_year() -> int:
    """Return the last year whose lunar festivals are tabled."""
    return int(max(_read("festivals.yaml")))


@functools.cache
def legal_holidays(year: int) -> dict[date, str]:
    """Return the statutory holidays of `year` by the revision in force, with their names; two on one day share it."""
    found: dict[date, str] = {}
    measure = _read("measure.yaml")
    revision = [one for one in measure["revisions"] if one["since"].year <= year][-1]
    for holiday in revision["holidays"]:
        anchor = _anchor(year, holiday["anchor"])
        for offset in range(holiday["first"], holiday["first"] + holiday["days"]):
            day = anchor + timedelta(days=offset)
            found[day] = f"{found[day]}、{holiday['name']}" if day in found else holiday["name"]
    found.update({one["day"]: one["name"] for one in measure["once"] if one["day"].year == year})
    return found


def _official_day(day: date) -> CalendarDay:
    legal = legal_holidays(day.year).get(day)
    is_workday = chinese_calendar.is_workday(day)
    name = legal or ""
    if not legal and day in constants.workdays:
        name = f"{_chinese(constants.workdays[day])}补班"
    elif not legal and day in constants.holidays:
        name = f"{_chinese(constants.holidays[day])}假期"
    source = f"国务院办公厅关于{day.year}年部分节假日安排的通知"
    return CalendarDay(day, is_workday, legal is not None, name, source)


def _provisional_day(day: date) -> CalendarDay:
    legal = legal_holidays(day.year).get(day)
    source = _read("measure.yaml")["law"]
    return CalendarDay(day, day.weekday() < 5 and not legal, legal is not None, legal or "", source, provisional=True)


def _chinese(english: str) -> str:
    return str(constants.Holiday(english).chinese)


def _anchor(year: int, anchor: str) -> date:
    festivals: dict[str, date] = _read("festivals.yaml")[year]
    if anchor in festivals:
        return festivals[anchor]
    month, day = anchor.split("-")
    return date(year, int(month), int(day))


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days))


@functools.cache
def _read(name: str) -> Any:
    return yaml.safe_load(
        importlib.resources.files("zhengtong.kit.calendar").joinpath(name).read_text(encoding="utf-8")
    )
