"""Working days and terms: the vectors of the standards, and two other calendars that must agree."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import holidays
import pytest
import yaml

from zhengtong.kit import SHANGHAI
from zhengtong.kit.calendar import CountFrom, Term, Unit, builtin_calendar, due_at, due_on
from zhengtong.kit.calendar.days import legal_holidays

TABLE = yaml.safe_load(Path(__file__).with_name("workdays.yaml").read_text(encoding="utf-8"))
CALENDAR = builtin_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("row", TABLE["workdays"], ids=lambda row: f"{row['start']}+{row['n']}")
def test_workdays_from_the_next_day_end_where_two_calendars_agree(row):
    start = datetime.combine(row["start"], datetime.min.time(), SHANGHAI)
    assert due_on(Term(row["n"], Unit.WORKDAY), start, CALENDAR) == row["due"]


@pytest.mark.parametrize("row", TABLE["terms"], ids=str)
def test_a_term_of_any_unit_ends_at_the_instant_the_table_says(row):
    term = Term(row["n"], Unit(row["unit"]), CountFrom(row.get("from", "NEXT_DAY")), row.get("roll", False))
    assert due_at(term, at(row["start"]), CALENDAR) == at(row["due_at"])


@pytest.mark.parametrize("row", TABLE["days"], ids=lambda row: str(row["date"]))
def test_a_day_stands_as_the_table_says(row):
    day = CALENDAR.day(row["date"])
    assert (day.is_workday, day.is_legal_holiday, day.provisional) == (row["workday"], row["legal"], row["provisional"])


@pytest.mark.parametrize(("year", "count"), TABLE["per_year"].items())
def test_a_year_has_as_many_workdays_as_announced(year, count):
    assert CALENDAR.count_workdays(date(year - 1, 12, 31), date(year, 12, 31)) == count


def test_the_holidays_library_agrees_on_every_day_from_2018_to_2026():
    other = holidays.China(years=range(2018, 2027))
    day, differing = date(2018, 1, 1), []
    while day.year < 2027:
        if other.is_working_day(day) != CALENDAR.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_every_statutory_holiday_was_off_in_every_announced_year():
    worked = [day for year in range(2004, 2027) for day in legal_holidays(year) if CALENDAR.is_workday(day)]
    assert worked == []


@pytest.mark.parametrize("year", range(2025, 2051))
def test_the_holidays_library_has_the_same_statutory_holidays_by_rule(year):
    other = holidays.China(years=year, language="en_US", observed=False)
    moved = ("observed", "substituted", "Day off")
    statutory = {day for day, name in other.items() if not any(word in name for word in moved)}
    assert set(legal_holidays(year)) == statutory
