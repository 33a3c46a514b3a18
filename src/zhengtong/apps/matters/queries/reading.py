"""Which matters read a data resource（数据用到哪里）, from what their packs in force declare."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from zhengtong.apps.matters.models import PackVersion
from zhengtong.apps.matters.queries.offered import SHOWN, get_pack_version
from zhengtong.apps.matters.shapes import ReaderShape


def list_readers(resource_code: str, *, on: dt.date) -> tuple[ReaderShape, ...]:
    """Return the matters whose packs in force read a resource, by title, with the certificates each issues.

    One query; a pack it names is read once a process.
    """
    named = PackVersion.objects.filter(
        Q(effective_to=None) | Q(effective_to__gte=on),
        state="published",
        effective_from__lte=on,
        matter__status__in=SHOWN,
        canonical__contains=f'"resource":"{resource_code}"',
    )
    rows = named.order_by("matter__pinyin", "matter_id", "number").values_list(
        "digest", "matter__code", "matter__title_zh", "matter__title_en", "matter__department_name"
    )
    found: dict[str, ReaderShape] = {}
    for digest, code, title_zh, title_en, department in rows:
        pack = get_pack_version(digest)
        uses = [use for use in pack.data_uses if use.resource == resource_code]
        if uses:  # a later version of the same matter takes the place of an earlier
            found[code] = ReaderShape(
                code,
                title_zh,
                title_en,
                department,
                tuple(dict.fromkeys(use.purpose for use in uses)),
                tuple(dict.fromkeys(use.mode for use in uses)),
                tuple(dict.fromkeys(one.type for one in pack.certificates)),
            )
    return tuple(found.values())
