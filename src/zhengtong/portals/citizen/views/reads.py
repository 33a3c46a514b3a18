"""My data, and who read them（我的数据、查阅记录）."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from zhengtong.apps.cases import queries as cases
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.evidence.shapes import Proof, ReadShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, Subject
from zhengtong.kit import Refused
from zhengtong.portals.citizen.contexts import AccessContext, MyDataContext, ProofContext, ReadLine
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pages import page, signed_in, whole_number, with_query

READS_PER_PAGE = 20
SCANNED_READS = 500


@signed_in
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what the platform holds about the person."""
    me = _resident(request)
    profile = people.resident_profile(me.id)
    region = "".join(words_of(place, "name") for place in people.region_path(profile.region_code))
    count = evidence.count_reads_about(me.key)
    latest = _lines(evidence.list_reads_about(me.key, limit=3), request.actor)
    return page(request, "citizen/my_data.html", MyDataContext(profile, region, count, latest))


@signed_in
def access(request: HttpRequest) -> HttpResponse:
    """Show who read the person's data, newest first; `?case=` keeps the reads made for one case."""
    me = _resident(request, represented=True)
    case_no = request.GET.get("case", "")
    after = request.GET.get("after", "")
    limit = SCANNED_READS if case_no else READS_PER_PAGE + 1
    found = evidence.list_reads_about(me.key, limit=limit, after=whole_number(after) or None)
    if case_no:
        shown = [read for read in found if read.case_no.startswith(case_no)]
        return page(request, "citizen/access.html", AccessContext(_lines(shown, request.actor), len(shown), ""))
    shown = found[:READS_PER_PAGE]
    more = with_query(reverse("citizen:access"), after=shown[-1].cursor) if len(found) > READS_PER_PAGE else ""
    lines = _lines(shown, request.actor)
    return page(request, "citizen/access.html", AccessContext(lines, evidence.count_reads_about(me.key), more))


@signed_in
def proof(request: HttpRequest, no: str) -> HttpResponse:
    """Show the proof of a receipt that concerns the person: a read of their data, or an action in their case."""
    receipt = evidence.get_receipt(no)
    read = own_read(request, no)
    if read is None:
        _require_own_case(request, receipt.case_no)
    found: Proof | None = evidence.prove(no) if receipt.leaf_index is not None else None
    leaf = found.leaf.hex() if found else ""
    return page(request, "citizen/proof.html", ProofContext(receipt, read, found, leaf))


def _lines(reads: list[ReadShape], by: Actor) -> tuple[ReadLine, ...]:
    """Return reads with the organisations' names in the page's language; the log keeps the Chinese ones.

    A number leads to its case only where the person may open it: a draft's number is reserved before it is submitted,
    and a family member's application may have read one's data too.
    """
    names = {one.name_zh: words_of(one, "name") for one in people.list_organisations()} if reads else {}
    mine = {no for no in {read.case_no for read in reads} if no and _may_open(no, by)}
    return tuple(
        ReadLine(
            read,
            names.get(read.consumer_org, read.consumer_org),
            names.get(read.provider_org, read.provider_org),
            read.case_no in mine,
        )
        for read in reads
    )


def _may_open(case_no: str, by: Actor) -> bool:
    try:
        cases.get_case(case_no, by)
    except Refused:
        return False
    return True


def own_read(request: HttpRequest, no: str) -> ReadShape | None:
    """Return the read of a receipt when it concerns the person or whom they act for, else None."""
    me = _resident(request, represented=True)
    return next(
        (read for read in evidence.list_reads_about(me.key, limit=SCANNED_READS) if read.receipt_no == no), None
    )


def _require_own_case(request: HttpRequest, case_no: str) -> None:
    if not case_no:
        raise Refused(
            "portal.receipt.not-yours",
            "这个回执和您的数据、您的办件无关，不能在这里查看。请在“谁看过我的数据”里打开您自己的回执。",
            "This receipt concerns neither your data nor your cases. Open your own from the list of reads.",
            status=404,
        )
    cases.get_case(case_no, request.actor)


def _resident(request: HttpRequest, represented: bool = False) -> Subject:
    me = request.actor.applicant if represented else request.actor.resident
    if me is None:
        raise Refused(
            "portal.person.none",
            "当前账户没有关联个人身份，没有可以查看的个人数据。请用个人账户登录。",
            "This account is not linked to a resident, so there are no personal data to show. Sign in as a resident.",
            status=403,
        )
    return me
