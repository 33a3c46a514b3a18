"""Rules computed where the data lie（数据可用不可见）: a granted resource opened for a computation, on record, row by row never."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.deciding import decide, refusal
from zhengtong.apps.exchange.reading import count_call, titles_of
from zhengtong.apps.exchange.shapes import Call
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit.calendar import calendar_in_force, due_at, get_statutory_term
from zhengtong.kit.masking import mask
from zhengtong.tables import Snapshot

MODE = "compute"


@dataclass(frozen=True)
class Computation:
    """What a grant opens to a computation: the newest snapshot, the rows it may use, how fields leave it, the receipt."""

    snapshot: Snapshot
    rows: Mapping[str, tuple[str, ...]]
    masks: Mapping[str, str]
    title_zh: str
    title_en: str
    provider_zh: str
    provider_en: str
    receipt_no: str


def masked_as(policy: str, value: Any) -> Any:
    """Return a value as the grant lets it leave the computation."""
    return mask(policy, str(value)) if policy and value is not None else value


@transaction.atomic
def open_computation(
    *,
    consumer: OrganisationShape,
    resource_code: str,
    fields: Sequence[str],
    by: Actor,
    at: dt.datetime,
    purpose_zh: str,
    purpose_en: str,
) -> Computation:
    """Return a resource opened under a grant with the mode "compute", or refuse (`exchange.read.*`).

    One receipt for the whole computation; whoever acts on what it finds names that receipt for each person. The version
    it was made on is kept as long as the law has records of use kept, so that it can be made again.
    """
    today = timezone.localdate(at)
    grant = queries.find_grant(consumer.id, resource_code, MODE, today)
    if grant is None:
        raise refusal(
            "no-grant",
            f"{consumer.name_zh}没有使用数据资源 {resource_code} 的授权",
            f"{consumer.name_en} has no grant on {resource_code}",
        )
    every = {grant.resource.keys[0]: "every"} if grant.resource.keys else {}
    allowed = decide(grant, Call(MODE, every, tuple(fields), "", today, clock=timezone.localtime(at).time()))
    count_call(grant, today)
    snapshot = catalog.store().open(grant.resource.name)
    keep = get_statutory_term("SHARE_LOG_KEEP", on=today).term
    catalog_actions.hold_version(
        resource_id=grant.resource.id, version=snapshot.manifest.version, until=due_at(keep, at, calendar_in_force())
    )
    receipt = evidence.record_read(
        resource_code=grant.resource.code,
        resource_title_zh=grant.resource.title_zh,
        resource_title_en=grant.resource.title_en,
        grant_no=grant.no,
        provider_org=grant.resource.provider.name_zh,
        consumer_org=consumer.name_zh,
        by=by,
        subject_key="",
        fields=list(allowed),
        field_titles=titles_of(grant, allowed),
        purpose_zh=purpose_zh,
        purpose_en=purpose_en,
        basis=grant.basis,
        case_no="",
        channel=MODE,
        found=True,
        at=at,
    )
    return Computation(
        snapshot=snapshot,
        rows={name: tuple(map(str, values)) for name, values in grant.row_filter.items()},
        masks=dict(grant.masks),
        title_zh=grant.resource.title_zh,
        title_en=grant.resource.title_en,
        provider_zh=grant.resource.provider.name_zh,
        provider_en=grant.resource.provider.name_en,
        receipt_no=receipt.no,
    )
