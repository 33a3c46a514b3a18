"""Working days and legal terms（工作日与期限）: a dated table of days, terms counted on it, and a clock that stops."""

from zhengtong.kit.calendar.clock import Clock, Extension, Pause, Recount
from zhengtong.kit.calendar.days import CalendarDay, list_official_days, list_provisional_days
from zhengtong.kit.calendar.statutory import StatutoryTerm, get_statutory_term, list_statutory_terms
from zhengtong.kit.calendar.terms import CountFrom, Term, Unit, due_at, due_on
from zhengtong.kit.calendar.tracing import TracedDay, trace
from zhengtong.kit.calendar.workdays import WorkCalendar, builtin_calendar, calendar_in_force, provide_calendar

__all__ = [
    "CalendarDay",
    "Clock",
    "CountFrom",
    "Extension",
    "Pause",
    "Recount",
    "StatutoryTerm",
    "Term",
    "TracedDay",
    "Unit",
    "WorkCalendar",
    "builtin_calendar",
    "calendar_in_force",
    "due_at",
    "due_on",
    "get_statutory_term",
    "list_official_days",
    "list_provisional_days",
    "list_statutory_terms",
    "provide_calendar",
    "trace",
]
