"""Reads of this room（查询）: matters, the pack in force, lists, guides and search; and what governing them needs."""

from zhengtong.apps.matters.queries.governing import (
    compare_versions,
    get_governed,
    get_offered_pack,
    list_pending,
    list_replaceable,
    list_unpublished,
    service_figures,
)
from zhengtong.apps.matters.queries.offered import (
    count_matters,
    get_guide,
    get_matter,
    get_pack,
    get_pack_version,
    list_departments,
    list_matters,
    list_one_things,
    list_versions,
    search,
)
from zhengtong.apps.matters.queries.reading import list_readers

__all__ = [
    "compare_versions",
    "count_matters",
    "get_governed",
    "get_guide",
    "get_offered_pack",
    "get_matter",
    "get_pack",
    "get_pack_version",
    "list_departments",
    "list_matters",
    "list_one_things",
    "list_pending",
    "list_readers",
    "list_unpublished",
    "list_replaceable",
    "list_versions",
    "search",
    "service_figures",
]
