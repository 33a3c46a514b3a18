"""Doors for reading requests, grants and calling systems."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence

from django.db.models import Count, F, Q, QuerySet, Sum

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import NOT_SHARED, ResourceShape
from zhengtong.apps.exchange.facts import (  # noqa: F401 - doors of this room, written apart
    calls_by_day,
    ended_grants,
    granted_resource_codes,
    grants_without_calls,
    grants_without_data,
    request_outcomes,
    unanswered_requests,
    use_of,
)
from zhengtong.apps.exchange.models import (
    Backflow,
    Client,
    ExportJob,
    Grant,
    GrantDay,
    ShareRequest,
    Upstream,
    UsagePosition,
)
from zhengtong.apps.exchange.reply_terms import most_days, reply_term
from zhengtong.apps.exchange.shapes import (
    BackflowShape,
    ClientKeys,
    ClientShape,
    DeliveryShape,
    GrantShape,
    GrantUse,
    Hours,
    RegisteredUpstream,
    ReplyExtension,
    RequestEvent,
    RequestShape,
    UpstreamShape,
)
from zhengtong.apps.exchange.usage_log import Position
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import parse_region_code

EVENT_LABELS = {
    "drafted": ("提出申请，等本机构负责人同意", "Requested; waiting for the own head's consent"),
    "consented": ("本机构同意，已送提供部门", "Consented to and sent to the provider"),
    "supplement-asked": ("提供部门要求一次性补充", "The provider asked, once, for more"),
    "supplemented": ("已补充，重新送提供部门", "Supplemented and sent again"),
    "approved": ("提供部门同意", "Approved by the provider"),
    "rejected": ("提供部门不同意", "Rejected by the provider"),
    "withdrawn": ("申请部门撤回", "Withdrawn by the requester"),
    "extension-asked": ("提供部门报请延期答复", "The provider asks to answer later"),
    "extended": ("主管部门同意延期答复，告知申请部门", "The authority agreed to a later answer; the requester is told"),
    "extension-refused": ("主管部门不同意延期", "The authority refused the extension"),
    "recounted": ("工作日历有变，答复期限重新计算", "The calendar changed; the answer's last day was counted anew"),
}


def get_request(no: str, by: Actor) -> RequestShape:
    """Return a request that this actor's organisation made, has to answer, or supervises."""
    record = requests_of(by).filter(no=no).first()
    if record is None:
        raise unknown("request", no)
    return request_shape(record, by)


def list_requests(by: Actor, role: str = "any", *, open_only: bool = False, limit: int = 100) -> list[RequestShape]:
    """Return requests, newest first; `role` is "consumer", "provider" or "any"."""
    found = requests_of(by)
    own = by.organisation.id if by.organisation else 0
    if role != "any":
        found = found.filter(**{"consumer_id" if role == "consumer" else "resource__provider_id": own})
    if open_only:
        found = found.filter(status__in=("internal", "submitted", "supplementing"))
    listed = list(found.order_by("-id")[:limit])
    resources = catalog.get_resources_by_id({record.resource_id for record in listed})
    return [request_shape(record, by, resources[record.resource_id]) for record in listed]


def get_grant(no: str, by: Actor) -> GrantShape:
    """Return a grant that this actor's organisation gave, holds or supervises."""
    record = grants_of(by).filter(no=no).first()
    if record is None:
        raise unknown("grant", no)
    return grant_shape(record)


def list_grants(by: Actor, *, limit: int = 200) -> list[GrantShape]:
    """Return the grants this actor's organisation gave, holds or supervises, newest first."""
    return grant_shapes(list(grants_of(by).order_by("-id")[:limit]))


def list_grants_on(resource_code: str, by: Actor) -> list[GrantShape]:
    """Return the grants on one resource that this actor may see."""
    found = grants_of(by).filter(Q(resource__code=resource_code) | Q(resource__name=resource_code))
    return grant_shapes(list(found.order_by("-id")))


def grant_shapes(records: Sequence[Grant]) -> list[GrantShape]:
    """Return grants as they leave the room; resources and departments are asked for once each, not once a grant."""
    resources = catalog.get_resources_by_id({record.resource_id for record in records})
    consumers = {id: people.get_organisation(id) for id in {record.consumer_id for record in records}}
    return [grant_shape(one, resources[one.resource_id], consumers[one.consumer_id]) for one in records]


def find_grant(consumer_id: int, resource_code: str, mode: str, on: dt.date) -> GrantShape | None:
    """Return the grant that would serve this consumer, the one in force before any other, or None if there never was one.

    A revoked or expired grant is returned where there is no better one, so that the refusal can say what happened.
    """
    found = grants().filter(Q(resource__code=resource_code) | Q(resource__name=resource_code), consumer_id=consumer_id)
    candidates = sorted(found, key=lambda grant: (rank(grant, mode, on), -grant.pk))
    return grant_shape(candidates[0]) if candidates else None


def rank(grant: Grant, mode: str, on: dt.date) -> int:
    """Return 0 for a grant that fits, more for each way in which it does not."""
    in_term = grant.valid_from <= on <= grant.valid_until
    return 4 * (grant.status != "active") + 2 * (not in_term) + (mode not in grant.modes)


def grant_use(grant_no: str, by: Actor, *, days: int = 30) -> GrantUse:
    """Return how often a grant was used a day, newest first."""
    get_grant(grant_no, by)
    rows = GrantDay.objects.filter(grant__no=grant_no).order_by("-day")[:days]
    return GrantUse(grant_no, tuple((row.day, row.calls) for row in rows))


def count_calls(grant_nos: Sequence[str], since: dt.date) -> dict[str, int]:
    """Return how often each grant was used since a day; grants never used are left out. One query."""
    rows = GrantDay.objects.filter(grant__no__in=grant_nos, day__gte=since).values_list("grant__no")
    return dict(rows.annotate(total=Sum("calls")))


def allowed_on_grant(grant: GrantShape, by: Actor) -> tuple[str, ...]:
    """Return what this actor may do to the grant now: revoke, suspend, resume; the provider and the sharing authority."""
    supervises = by.organisation is not None and by.organisation.function == "data-bureau"
    answerable = by.organisation.id if supervises and by.organisation else grant.resource.provider.id
    if not people.can_(by, "grant.revoke", answerable):
        return ()
    return {"active": ("suspend", "revoke"), "suspended": ("resume", "revoke")}.get(grant.status, ())


def calls_today(grant_no: str, day: dt.date) -> int:
    return GrantDay.objects.filter(grant__no=grant_no, day=day).values_list("calls", flat=True).first() or 0


def satisfaction() -> list[tuple[str, str, int, int]]:
    """Return (provider zh, en, requests answered, of them met): the figure papers put at 42 % for the whole country."""
    rows = (
        ShareRequest.objects.filter(status__in=("approved", "rejected"))
        .values(zh=F("resource__provider__name_zh"), en=F("resource__provider__name_en"))
        .annotate(answered=Count("id"), met=Count("id", filter=Q(status="approved")))
        .order_by("zh")
    )
    return [(row["zh"], row["en"], row["answered"], row["met"]) for row in rows]


def authenticate_client(client_id: str, secret: str) -> ClientShape:
    """Return the calling system, or refuse (401) without saying which half was wrong."""
    record = Client.objects.filter(client_id=client_id, is_active=True).first()
    kept = record.secret_digest if record else "0" * 64
    if not hmac.compare_digest(kept, hashlib.sha256(secret.encode()).hexdigest()) or record is None:
        raise Refused(
            "exchange.client.unknown",
            "应用标识或密钥不对，或该应用已停用。请在“我的应用”中核对或更换密钥。",
            "The client id or secret is wrong, or the client is disabled: check or rotate it under your applications.",
            status=401,
        )
    return client_shape(record)


def find_client_keys(client_id: str) -> ClientKeys | None:
    """Return an active client with what proves it, or None."""
    record = Client.objects.filter(client_id=client_id, is_active=True).first()
    return client_keys(record) if record else None


def find_client_of_certificate(fingerprint: str) -> ClientKeys | None:
    """Return the active client that registered this certificate（SHA-256 of its DER, hex）, or None."""
    record = Client.objects.filter(certificate=fingerprint, is_active=True).first() if fingerprint else None
    return client_keys(record) if record else None


def client_keys(record: Client) -> ClientKeys:
    return ClientKeys(client_shape(record), record.secret_digest, record.public_key, record.certificate)


def find_upstream(resource: ResourceShape) -> UpstreamShape | None:
    """Return the API a resource's rows are asked of, or None when they lie here; only `exchange` calls it."""
    record = Upstream.objects.filter(resource_id=resource.id, is_active=True).first()
    return upstream_shape(record, resource) if record else None


def upstream_shape(record: Upstream, resource: ResourceShape) -> UpstreamShape:
    same = {
        name: getattr(record, name)
        for name in ["address", "key_field", "row_path", "names", "header_name", "header_value"]
    }
    return UpstreamShape(record.pk, resource, timeout_seconds=record.timeout_ms / 1000, **same)


def find_registered_upstream(resource: ResourceShape, by: Actor) -> RegisteredUpstream | None:
    """Return the API registered behind a resource to its provider's stewards, asked or suspended; None where there is none."""
    catalog.require_permission(by, "resource.register", resource.provider.id, "查看代理接口", "see its API")
    record = Upstream.objects.filter(resource_id=resource.id).first()
    if record is None:
        return None
    same = "address key_field row_path names header_name is_active registered_at"
    return RegisteredUpstream(
        has_credential=bool(record.header_value),
        timeout_seconds=record.timeout_ms / 1000,
        **{name: getattr(record, name) for name in same.split()},
    )


def grant_id(no: str) -> int:
    """Return the grant's own small number, its place among the counters."""
    return Grant.objects.values_list("pk", flat=True).get(no=no)


def calls_of_day(day: dt.date) -> dict[int, int]:
    """Return how often each grant was used on a day, by its small number."""
    return dict(GrantDay.objects.filter(day=day).values_list("grant_id", "calls"))


def usage_positions() -> dict[str, Position]:
    """Return how far each gateway process's usage log has been taken in."""
    rows = UsagePosition.objects.values_list("writer", "segment", "offset", "chain")
    return {writer: Position(segment, offset, chain) for writer, segment, offset, chain in rows}


def first_key_of(resource_code: str) -> str:
    """Return the field a row is looked up by unless the caller names another; "" for an unknown resource."""
    resource = catalog.find_resource(resource_code)
    return resource.keys[0] if resource and resource.keys else ""


def list_clients(by: Actor) -> list[ClientShape]:
    """Return the calling systems of the actor's organisation."""
    if by.organisation is None:
        return []
    return [client_shape(record) for record in Client.objects.filter(organisation_id=by.organisation.id).order_by("id")]


def find_backflow(request_no: str, by: Actor) -> BackflowShape | None:
    """Return what a request asks to flow back, to its parties; None where it is an ordinary one."""
    found = (
        Backflow.objects.select_related("client").filter(request__no=request_no, request__in=requests_of(by)).first()
    )
    if found is None:
        return None
    same = {name: getattr(found, name) for name in ("region_field", "region_code", "form", "every_days", "next_at")}
    return BackflowShape(client_name=found.client.name, **same)


def list_deliveries(request_no: str, by: Actor, at: dt.datetime, *, limit: int = 20) -> list[DeliveryShape]:
    """Return the files made for a backflow, newest first, to its parties."""
    found = ExportJob.objects.filter(request=f"backflow:{request_no}", grant__request__in=requests_of(by))
    same = "form rows bytes sha256 receipt_no problem_zh problem_en made_at"
    return [
        DeliveryShape(
            id=str(one.pk),
            status="expired" if one.status == "done" and one.expires_at and one.expires_at <= at else one.status,
            **{name: getattr(one, name) for name in same.split()},
        )
        for one in found.order_by("-made_at")[:limit]
    ]


def may_flow_back(resource: ResourceShape, consumer: OrganisationShape | None) -> bool:
    """Return whether a resource of this provider may flow back to that department: published, as files, to a region below."""
    if consumer is None or resource.status != "published" or "file" not in resource.share_modes:
        return False
    own, above = parse_region_code(consumer.region_code), parse_region_code(resource.provider.region_code)
    return own != above and own.is_within(above)


def list_callers(request: RequestShape) -> list[ClientShape]:
    """Return the requester's calling systems to whoever decides on the request, nothing to others."""
    if "approve" not in request.allowed:
        return []
    found = Client.objects.filter(organisation_id=request.consumer.id, is_active=True).order_by("id")
    return [client_shape(record) for record in found]


def grants() -> QuerySet[Grant]:
    return Grant.objects.select_related("request")


def grants_of(by: Actor) -> QuerySet[Grant]:
    return grants().filter(parties(by))


def requests_of(by: Actor) -> QuerySet[ShareRequest]:
    return ShareRequest.objects.filter(parties(by)).prefetch_related("events").select_related("grant")


def parties(by: Actor) -> Q:
    """Return the condition of being a party: the consumer, the provider, or the sharing authority that supervises."""
    if by.kind == "system" or (by.organisation and by.organisation.function == "data-bureau"):
        return Q()
    own = by.organisation.id if by.organisation else 0
    return Q(consumer_id=own) | Q(resource__provider_id=own)


def request_shape(record: ShareRequest, by: Actor, resource: ResourceShape | None = None) -> RequestShape:
    resource = resource or catalog.get_resource_by_id(record.resource_id)
    grant = getattr(record, "grant", None)
    return RequestShape(
        no=record.no,
        resource=resource,
        consumer=people.get_organisation(record.consumer_id),
        status=record.status,
        fields=tuple(record.fields),
        usage_basis=record.usage_basis,
        usage_scenario=record.usage_scenario,
        usage_scope=record.usage_scope,
        modes=tuple(record.modes),
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        submitted_at=record.submitted_at,
        reply_due_on=record.reply_due_on,
        supplement_note=record.supplement_note,
        grant_no=grant.no if grant else "",
        events=tuple(event_shape(event) for event in record.events.all()),
        allowed=allowed_on(record, resource.provider, by),
        extension=extension_of(record, resource),
    )


def extension_of(record: ShareRequest, resource: ResourceShape) -> ReplyExtension:
    at = record.submitted_at
    most = most_days(reply_term(resource.share_type, at)) if at and resource.share_type != NOT_SHARED else 0
    return ReplyExtension(
        record.extension_state, record.extension_days, record.extension_reason, record.extended_by, most
    )


def allowed_on(record: ShareRequest, provider: OrganisationShape, by: Actor) -> tuple[str, ...]:
    """Return what this actor may do to the request now."""
    answers = people.can_(by, "share.approve", provider.id)
    consents = people.can_(by, "share.consent", record.consumer_id)
    asks = people.can_(by, "share.request", record.consumer_id)
    table = {
        "internal": [("consent", consents), ("withdraw", asks or consents)],
        "submitted": [("approve", answers), ("reject", answers), ("ask-supplement", answers), ("withdraw", asks)],
        "supplementing": [("supplement", asks), ("withdraw", asks)],
    }
    found = [name for name, may in table.get(record.status, []) if may]
    if record.status == "submitted" and answers and not record.extension_state:
        found.append("ask-extension")
    is_asked = record.status == "submitted" and record.extension_state == "asked"
    if is_asked and catalog.acts_as_authority("share.approve", provider, by):
        found.append("settle-extension")
    return tuple(found)


def event_shape(event) -> RequestEvent:
    zh, en = EVENT_LABELS[event.kind]
    return RequestEvent(event.at, event.kind, zh, en, event.by_label, event.note, event.receipt_no)


def grant_shape(
    record: Grant, resource: ResourceShape | None = None, consumer: OrganisationShape | None = None
) -> GrantShape:
    plain = "no status purpose_zh purpose_en basis masks quota_per_day needs_case valid_from valid_until ended_reason ended_at rate_per_minute"
    return GrantShape(
        **{name: getattr(record, name) for name in plain.split()},
        resource=resource or catalog.get_resource_by_id(record.resource_id),
        consumer=consumer or people.get_organisation(record.consumer_id),
        fields=tuple(record.fields),
        row_filter={name: tuple(values) for name, values in record.row_filter.items()},
        modes=tuple(record.modes),
        request_no=record.request.no,
        hours=to_hours(record.hours),
        callers=tuple(record.callers),
    )


def to_hours(told: dict) -> Hours | None:
    """Return the hours of a grant as its record has them: start, end, workdays_only; {} for any time."""
    if not told:
        return None
    start, end = (dt.time.fromisoformat(told[name]) for name in ("start", "end"))
    return Hours(start, end, told["workdays_only"])


def client_shape(record: Client) -> ClientShape:
    organisation = people.get_organisation(record.organisation_id)
    return ClientShape(
        record.client_id, organisation, record.name, record.is_active, record.created_at, record.public_key,
        record.certificate,
    )  # fmt: skip


def unknown(thing: str, no: str) -> Refused:
    zh = {"request": "共享申请", "grant": "授权"}[thing]
    return Refused(
        f"exchange.{thing}.unknown",
        f"没有编号为 {no} 的{zh}，或它与您的机构无关。请核对编号。",
        f"There is no {thing} {no}, or your organisation is no party to it: check the number.",
        status=404,
    )
