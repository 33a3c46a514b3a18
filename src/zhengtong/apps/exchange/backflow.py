"""Data going back to counties（数据回流）: a higher department's rows of one's own region, granted as they were asked for, delivered in turns.

政务数据共享条例 art. 24: what a lower level needs to do its work is given back to it, and no further condition is set. So a
backflow is a request like any other — own head's consent, legal clock, refusal with reason and law — but is approved in one
step: every field asked for, the rows of the county's region and of nothing else, no mask and no quota. Its files are exports:
marked, recorded, fetched by the county's own client.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.elements import ART_24
from zhengtong.apps.exchange.exporting import FORMS
from zhengtong.apps.exchange.models import Backflow, Client, ExportJob, Grant, ShareRequest
from zhengtong.apps.exchange.noting import locked_request
from zhengtong.apps.exchange.requesting import approve_request, request_share
from zhengtong.apps.exchange.shapes import GrantShape, RequestShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import RegionLevel, parse_region_code

MOST_EVERY_DAYS = 366


@transaction.atomic
def request_backflow(
    *,
    resource_code: str,
    fields: Sequence[str],
    region_field: str,
    client_id: str,
    form: str,
    every_days: int,
    usage_basis: str,
    usage_scenario: str,
    usage_scope: str,
    valid_from: dt.date,
    valid_until: dt.date,
    by: Actor,
    at: dt.datetime,
) -> RequestShape:
    """Ask a higher department for the rows of one's own region, as files in turns; the own head consents as ever.

    `region_field` is where a row says its region; `client_id` the own system that fetches the files. Refused, beside what
    `request_share` refuses: a provider that is not above, a field, client, form or turn that cannot be.
    """
    resource = catalog.get_resource(resource_code, by=by)
    check_below(resource, by.organisation)
    if resource.find_field(region_field) is None:
        raise wrong("region_field", "请选择写明所属区划的数据项", "Choose the field that says a row's region")
    client = Client.objects.filter(client_id=client_id, is_active=True).first()
    if client is None or by.organisation is None or client.organisation_id != by.organisation.id:
        raise wrong("client_id", "请选择本机构登记的应用来取文件", "Choose a client of your own to fetch the files")
    if form not in FORMS:
        raise wrong("form", f"文件格式可用：{'、'.join(FORMS)}", f"The form is one of {', '.join(FORMS)}")
    if not 1 <= every_days <= MOST_EVERY_DAYS:
        raise wrong("every_days", f"间隔为 1 至 {MOST_EVERY_DAYS} 天", f"A turn is 1 to {MOST_EVERY_DAYS} days")
    told = {"usage_basis": usage_basis, "usage_scenario": usage_scenario, "usage_scope": usage_scope}
    made = request_share(
        resource_code=resource_code, fields=fields, share_modes=["file"], valid_from=valid_from, valid_until=valid_until,
        by=by, at=at, **told,
    )  # fmt: skip
    Backflow.objects.create(
        request=ShareRequest.objects.get(no=made.no),
        region_field=region_field,
        region_code=parse_region_code(by.organisation.region_code).canonical,
        client=client,
        form=form,
        every_days=every_days,
    )
    return queries.get_request(made.no, by)


@transaction.atomic
def approve_backflow(*, request_no: str, by: Actor, at: dt.datetime) -> GrantShape:
    """Approve a backflow as it was asked for; the first file is made in the next minute."""
    asked = locked_request(request_no, by, "approve")
    record = Backflow.objects.select_related("client").filter(request__no=request_no).first()
    if record is None:
        raise Refused(
            "exchange.backflow.none",
            f"申请 {request_no} 不是数据回流，请逐项审批。",
            f"Request {request_no} is no backflow: approve it field by field.",
            status=409,
        )
    codes = codes_within(record.region_code)
    grant = approve_request(
        request_no=request_no, fields=asked.fields, row_filter={record.region_field: codes},
        callers=[record.client.client_id], is_backflow=True, by=by, at=at,
    )  # fmt: skip
    record.next_at = max(at, timezone.make_aware(dt.datetime.combine(grant.valid_from, dt.time())))
    record.save(update_fields=["next_at"])
    return grant


def deliver(*, at: dt.datetime) -> int:
    """Return how many files were ordered, those of grants in force whose turn it is; safe to run twice and side by side."""
    due = Backflow.objects.filter(
        next_at__lte=at, request__grant__status="active", request__grant__valid_until__gte=timezone.localdate(at)
    ).order_by("next_at")
    return sum(deliver_one(pk, at) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def deliver_one(pk: int, at: dt.datetime) -> bool:
    """Order one file and set the next turn, together; where the last one is still being made, only the next turn."""
    record = Backflow.objects.select_for_update(of=("self",)).select_related("request", "client").get(pk=pk)
    grant = Grant.objects.get(request_id=record.request_id)
    today = timezone.localdate(at)
    if record.next_at is None or record.next_at > at or not grant.valid_from <= today <= grant.valid_until:
        return False
    while record.next_at <= at:
        record.next_at += dt.timedelta(days=record.every_days)
    record.save(update_fields=["next_at"])
    name = f"backflow:{record.request.no}"
    if ExportJob.objects.filter(grant=grant, request=name, status__in=("waiting", "running")).exists():
        return False
    ExportJob.objects.create(
        client=record.client, grant=grant, fields=grant.fields, filters=[], form=record.form, request=name, made_at=at
    )
    return True


def codes_within(region_code: str) -> list[str]:
    """Return every way of writing the code of a region or of one in it: twelve digits, and six or nine where these say all."""
    waiting, found = [region_code], []
    while waiting:
        code = parse_region_code(waiting.pop())
        found += [code.canonical, *(code.canonical[:size] for size in (6, 9) if set(code.canonical[size:]) == {"0"})]
        if code.level < RegionLevel.VILLAGE:
            waiting += [one.code for one in people.list_regions(code.canonical)]
    return sorted(set(found))


def check_below(resource: ResourceShape, consumer: OrganisationShape | None) -> None:
    """Refuse a department that does not stand below the provider's region."""
    if not queries.may_flow_back(resource, consumer):
        raise Refused(
            "exchange.backflow.not-below",
            "数据回流只由上级部门给下级地区。同级部门之间请提出共享申请。",
            "Data flow back from a higher level to a lower: between departments of a level, request the data instead.",
            status=403,
            basis=ART_24,
        )


def wrong(field: str, zh: str, en: str) -> Refused:
    return Refused("exchange.backflow.malformed", f"{zh}。", f"{en}.", field=field, basis=ART_24)
