"""Doors for changing: enter a register into the catalogue, build it from granted sources, judge a pair."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.corrections import actions as corrections
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries as exchange
from zhengtong.apps.people.keys import blind_index
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.apps.registers import queries
from zhengtong.apps.registers.models import PairDecision, RegisterBuild
from zhengtong.apps.registers.shapes import BuildShape, RegisterSpec, SourceSpec
from zhengtong.kit import Basis, Refused
from zhengtong.tables import Snapshot, export_snapshot
from zhengtong.tables.linkage import (
    Decision,
    Linked,
    LinkSource,
    MergedField,
    MergeSource,
    Register,
    get_rules,
    link,
    merge,
)

MODES = ("compute", "batch")
MOST_SENT = 500  # conflicts sent to their sources by one build; the rest come with the next
ART_19 = Basis("政务数据共享条例", "第十九条", "2025-08-01")


@transaction.atomic
def declare_register(*, name: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Enter a declared register into the catalogue as a draft of its owner's; return the entry as it stands."""
    spec = queries.get_register(name).spec
    owner = queries.require_steward(spec, by)
    return catalog.find_resource(name) or catalog_actions.register_resource(
        declaration=spec.declaration(), provider=owner, by=by, at=at
    )


def build_register(*, name: str, by: Actor, at: dt.datetime, whole: bool = False) -> BuildShape:
    """Link and merge the sources as they are now, load the result as the register's next version, send out conflicts.

    Only what came, changed or went is compared, unless `whole`. Refused: a source without a grant that covers what is read.
    """
    spec = queries.get_register(name).spec
    owner = queries.require_steward(spec, by)
    declare_register(name=name, by=by, at=at)
    taken = {source.name: granted(spec, source, owner, timezone.localdate(at)) for source in spec.sources}
    linked, merged = link_and_merge(spec, {source: snapshot for source, (snapshot, _) in taken.items()}, whole=whole)
    with tempfile.TemporaryDirectory(prefix="zhengtong-register-") as folder, transaction.atomic():
        path = Path(folder) / f"{name}.parquet"
        export_snapshot(merged.rows, path, fields=merged.rows.schema.names, form="parquet")
        loaded = catalog_actions.load_snapshot(code=name, source=path, by=by, at=at)
        catalog_actions.record_lineage(code=name, lineage=lineage_of(spec), by=by, at=at)
        sent = send_conflicts(spec, merged, by, at)
        return kept(spec, linked, merged, loaded.version, sent, taken, by, at)


@transaction.atomic
def judge_pair(
    *,
    name: str,
    source: str,
    record: str,
    other_source: str,
    other_record: str,
    is_same: bool,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Keep what a person judged of two rows（人工认定）; it counts from the next build on, and may be judged anew."""
    spec = queries.get_register(name).spec
    queries.require_steward(spec, by)
    known = {one.name for one in spec.sources}
    if not reason.strip() or not {source, other_source} <= known:
        raise Refused(
            "registers.judge.incomplete",
            "请写明认定的理由，并从待认定列表中选择两行数据。",
            "Give the reason, and choose two rows from the list of pairs.",
            field="reason",
        )
    pair = sorted([[source, record], [other_source, other_record]])
    key = blind_index("register-pair", f"{name}|{pair}")
    receipt = evidence.record(
        kind="register.judged",
        body={"register": name, "pair": key, "same": is_same},
        by=by,
        at=at,
        summary_zh=f"{name} 人工认定：{'同一主体' if is_same else '不同主体'}",
        summary_en=f"{name} judged: {'one' if is_same else 'two'}",
    )
    PairDecision.objects.create(
        name=name,
        pair_key=key,
        pair=pair,
        is_same=is_same,
        reason=reason.strip()[:1000],
        at=at,
        by_label=by.label,
        receipt_no=receipt.no,
    )


def granted(spec: RegisterSpec, source: SourceSpec, owner: OrganisationShape, on: dt.date) -> tuple[Snapshot, str]:
    """Return the rows of a source and the number of the grant they are read by; a department's own rows need none."""
    resource = catalog.find_resource(source.resource)
    if resource is None or resource.snapshot is None:
        raise Refused(
            "registers.build.no-rows",
            f"来源“{source.resource}”还没有登记或装载数据，暂不能建库。",
            f"The source {source.resource!r} is not registered or has no rows yet.",
            status=409,
        )
    snapshot = catalog.store().open(resource.name, resource.snapshot.version)
    if resource.provider.id == owner.id:
        return snapshot, ""
    needed = spec.columns_of(source)
    found = [exchange.find_grant(owner.id, resource.code, mode, on) for mode in MODES]
    for grant in found:
        if grant and grant.status == "active" and grant.valid_from <= on <= grant.valid_until:
            is_whole = set(needed) <= set(grant.fields) and not grant.row_filter and not set(needed) & set(grant.masks)
            if is_whole and set(MODES) & set(grant.modes):
                return snapshot, grant.no
    raise Refused(
        "registers.build.no-grant",
        f"“{owner.name_zh}”没有读取“{resource.title_zh}”中 {'、'.join(needed)} 的有效授权（批量或计算方式、不脱敏、不限行）。请先提出共享申请。",
        f"{owner.name_en} has no grant in force on {', '.join(needed)} of {resource.title_en} "
        "(batch or compute mode, unmasked, all rows): request it first.",
        status=403,
        basis=ART_19,
        facts={"resource": resource.code, "fields": list(needed)},
    )


def link_and_merge(spec: RegisterSpec, snapshots: dict[str, Snapshot], *, whole: bool) -> tuple[Linked, Register]:
    store = catalog.store()
    decided = [
        Decision(*one.pair[0], *one.pair[1], one.is_same)
        for one in PairDecision.objects.filter(name=spec.name).order_by("id")
    ]
    linked = link(
        [LinkSource(one.name, snapshots[one.name], one.key, dict(one.fields), one.is_distinct) for one in spec.sources],
        get_rules(spec.kind),
        store,
        spec.name,
        decided=decided,
        whole=whole,
    )
    fields = [MergedField(one.name, str(one.item["type"]), one.takes, one.rule, one.agrees) for one in spec.fields]
    sources = [MergeSource(one.name, snapshots[one.name], one.key, one.updated) for one in spec.sources]
    return linked, merge(linked.members, sources, fields, store, spec.name)


def send_conflicts(spec: RegisterSpec, merged: Register, by: Actor, at: dt.datetime) -> int:
    """Send what disagrees with the source of truth to whoever says otherwise; return how many are new."""
    resources = {one.name: one.resource for one in spec.sources}
    columns = {(field.name, source): column for field in spec.fields for source, column in field.takes}
    titles = {field.name: field.item["title_zh"] for field in spec.fields}
    sent = 0
    for row in merged.conflicts.rows():
        if sent >= MOST_SENT:
            break
        raised = corrections.raise_conflict(
            resource_code=resources[row["source"]],
            field=columns[row["field"], row["source"]],
            row_key=row["record"],
            found_value=row["value"],
            claimed_value=row["kept_value"],
            grounds=f"建立基础库时发现：{titles[row['field']]}与数源 {resources[row['kept_source']]} 不一致",
            by=by,
            at=at,
        )
        sent += raised is not None
    return sent


def lineage_of(spec: RegisterSpec) -> dict[str, list[tuple[str, str]]]:
    """Return field → (resource, field) it is taken from."""
    resources = {one.name: one.resource for one in spec.sources}
    return {field.name: [(resources[source], column) for source, column in field.takes] for field in spec.fields}


def kept(
    spec: RegisterSpec,
    linked: Linked,
    merged: Register,
    version: str,
    sent: int,
    taken: dict[str, tuple[Snapshot, str]],
    by: Actor,
    at: dt.datetime,
) -> BuildShape:
    """Keep the build with its receipt, which names versions and grants, never a row."""
    versions = {
        name: f"{snapshot.manifest.resource} {snapshot.manifest.version}" for name, (snapshot, _) in taken.items()
    }
    receipt = evidence.record(
        kind="register.built",
        body={
            "register": spec.name,
            "version": version,
            "digest": merged.rows.manifest.digest,
            "sources": {name: snapshot.manifest.digest for name, (snapshot, _) in taken.items()},
            "grants": {name: grant for name, (_, grant) in taken.items() if grant},
        },
        by=by,
        at=at,
        summary_zh=f"建立基础库 {spec.name} {version}",
        summary_en=f"Built {spec.name} {version}",
    )
    record = RegisterBuild.objects.create(
        name=spec.name,
        at=at,
        by_label=by.label,
        version=version,
        rows=merged.rows.manifest.rows,
        entities=linked.entities,
        linked=linked.linked,
        compared=linked.compared,
        pairs=linked.reviews.manifest.rows,
        conflicts=merged.conflicts.manifest.rows,
        conflicts_sent=sent,
        history=linked.events,
        sources=versions,
        receipt_no=receipt.no,
    )
    return queries.list_builds(record.name, limit=1)[0]
