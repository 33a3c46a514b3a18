"""Reads of this room（查询）: `get_` or refused, `find_` or None, `list_`, `count_`; permission is part of the query."""

from zhengtong.apps.cases.calendars import announced_calendar
from zhengtong.apps.cases.queries.archive import check_case_file, get_case_file, print_case
from zhengtong.apps.cases.queries.cases import get_case, get_material, list_my_cases, material_preview
from zhengtong.apps.cases.queries.clock_traces import explain_clock
from zhengtong.apps.cases.queries.clocks import mark_of
from zhengtong.apps.cases.queries.desk import data_checks, preview_notice
from zhengtong.apps.cases.queries.drafts import get_draft, list_drafts, list_reusable_materials
from zhengtong.apps.cases.queries.inbox import count_unread, list_notices, public_figures
from zhengtong.apps.cases.queries.paging import COUNTED_TO
from zhengtong.apps.cases.queries.process import get_process, list_process_tasks
from zhengtong.apps.cases.queries.queue import count_buckets, count_done, list_load, list_pool, list_queue
from zhengtong.apps.cases.queries.rectifying import list_rectifications
from zhengtong.apps.cases.queries.searching import search_cases
from zhengtong.apps.cases.queries.standing_in import (
    count_alerts,
    list_alerts,
    list_asked,
    list_phrases,
    list_substitutions,
)
from zhengtong.apps.cases.queries.tracking import track

__all__ = [
    "material_preview",
    "print_case",
    "get_case_file",
    "check_case_file",
    "get_process",
    "list_process_tasks",
    "announced_calendar",
    "count_alerts",
    "COUNTED_TO",
    "count_buckets",
    "count_done",
    "count_unread",
    "data_checks",
    "explain_clock",
    "get_case",
    "get_draft",
    "get_material",
    "list_alerts",
    "list_asked",
    "list_drafts",
    "list_load",
    "list_my_cases",
    "list_notices",
    "list_phrases",
    "list_pool",
    "list_queue",
    "list_rectifications",
    "list_reusable_materials",
    "list_substitutions",
    "mark_of",
    "preview_notice",
    "public_figures",
    "search_cases",
    "track",
]
