"""One resource（数据资源）: what it is, how to get it, and the next step for whoever may take it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.catalog import actions, queries
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.exchange import queries as exchange
from zhengtong.apps.exchange.shapes import GrantShape, RegisteredUpstream, UpstreamTrial
from zhengtong.apps.feeds import actions as feed_actions
from zhengtong.apps.feeds import queries as feeds
from zhengtong.apps.people import queries as people
from zhengtong.kit import Refused
from zhengtong.portals.data.assessed import quality_lines
from zhengtong.portals.data.contexts import DatasetContext, Entered, Faults, Tab
from zhengtong.portals.data.declarations import read_mapping
from zhengtong.portals.data.examples import examples_of
from zhengtong.portals.data.forms import ELSEWHERE, NOTHING, entered_of, faults_of
from zhengtong.portals.data.grants_told import lines_of
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.lineage import lineage_of
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.uploads import kept_for_now, text_of
from zhengtong.portals.ui.pages import SeeOther, clock, open_to_all, page, say, with_query

Act = Callable[[ResourceShape], object]


@open_to_all
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """Show a resource to whoever may know of it."""
    return shown(request, queries.get_resource(name, by=request.actor))


def shown(
    request: HttpRequest,
    resource: ResourceShape,
    faults: Faults = (),
    entered: Entered = NOTHING,
    status: int = 200,
    *,
    tab: str = "",
    trial: UpstreamTrial | None = None,
) -> HttpResponse:
    """Return the page of a resource, on the tab named or asked for, with what a refused form carried."""
    by, today = request.actor, timezone.localdate(clock(request))
    is_officer = by.organisation is not None
    allowed = queries.allowed_on(resource, by)
    chosen = tab or request.GET.get("tab", "")
    tabs = tabs_of(resource, chosen, is_officer=is_officer, is_steward="load" in allowed)
    tab = next(one.code for one in tabs if one.is_on)
    grants = exchange.list_grants_on(resource.code, by) if is_officer else []
    ours = next((one for one in lines_of(grants, by, today) if one.is_ours and one.state == "active"), None)
    upstream = exchange.find_registered_upstream(resource, by) if tab == "upstream" else None
    context = DatasetContext(
        rail=rail_of(request, "catalog"),
        resource=resource,
        allowed=allowed,
        tabs=tabs,
        tab=tab,
        profile=queries.get_profile(resource.code) if tab == "rows" else None,
        snapshots=tuple(queries.list_snapshots(resource.code)) if tab == "rows" else (),
        retention=queries.retention_of(resource.retention) if tab == "rows" else None,
        quality=quality_lines(resource.code) if tab == "quality" else (),
        feed=feeds.find_feed(resource.code, by) if tab == "feed" else None,
        runs=feeds.list_runs(resource.code, by, limit=20) if tab == "feed" else (),
        upstream=upstream,
        trial=trial,
        grants=lines_of(grants, by, today) if tab in ("grants", "lineage") else (),
        lineage=lineage_of(resource, by, today) if tab == "lineage" else None,
        our_grant=ours.grant if ours else None,
        may_ask=may_ask(resource, request),
        may_flow_back=exchange.may_flow_back(resource, by.organisation),
        events=tuple(queries.list_events(resource.code, by=by)) if tab == "history" else (),
        examples=examples_of(resource, granted_fields(ours.grant if ours else None)) if tab == "api" else (),
        faults=faults,
        entered=over_registered(upstream, entered),
    )
    return page(request, "data/dataset.html", context, status=status)


def over_registered(upstream: RegisteredUpstream | None, entered: Entered) -> Entered:
    """Return what was typed over what is registered, so that a form begins with it; never a credential."""
    if upstream is None:
        return entered
    kept = {
        "address": upstream.address,
        "key_field": upstream.key_field,
        "row_path": upstream.row_path,
        "names": "\n".join(f"{ours} = {theirs}" for ours, theirs in upstream.names.items()),
        "header_name": upstream.header_name,
        "timeout_seconds": f"{upstream.timeout_seconds:g}",
    }
    typed = {name: value for name, value in entered.values.items() if name != "header_value"}
    return Entered({**kept, **typed}, entered.chosen)


def tabs_of(resource: ResourceShape, chosen: str, *, is_officer: bool, is_steward: bool) -> tuple[Tab, ...]:
    """Return the tabs this visitor has; an unknown one opens the first."""
    words = [("about", _("概况")), ("fields", _("数据项")), ("rows", _("数据概貌")), ("quality", _("质量"))]
    words += [("api", _("API 调用"))]
    if is_steward:
        words += [("feed", _("归集")), ("upstream", _("代理接口"))]
    if is_officer:
        words += [("grants", _("使用授权")), ("lineage", _("血缘")), ("history", _("过程"))]
    chosen = chosen if chosen in dict(words) else "about"
    here = reverse("data:dataset", args=[resource.name])
    return tuple(
        Tab(code, text, here if code == "about" else with_query(here, tab=code), code == chosen) for code, text in words
    )


def may_ask(resource: ResourceShape, request: HttpRequest) -> bool:
    own = request.actor.organisation
    is_ours = own is not None and people.can_(request.actor, "share.request", own.id)
    return is_ours and resource.status == "published" and resource.share_type != 3


def granted_fields(grant: GrantShape | None) -> tuple[str, ...]:
    return grant.fields if grant else ()


@officer
@require_POST
def load(request: HttpRequest, name: str) -> HttpResponse:
    """Load a file of rows as the next version."""

    def act(resource: ResourceShape) -> object:
        queries.require_permission(
            request.actor, "resource.load", resource.provider.id, "装载这项资源", "load rows into this resource"
        )
        with kept_for_now(request.FILES.get("source")) as path:
            return actions.load_snapshot(code=resource.code, source=path, by=request.actor, at=clock(request))

    return taken(request, name, act, _("已装载。"))


@officer
@require_POST
def assess(request: HttpRequest, name: str) -> HttpResponse:
    """Record the secrecy and impact assessments."""
    told = {
        "secrecy_checked": bool(request.POST.get("secrecy_checked")),
        "pia_no": request.POST.get("pia_no", "")[:60],
        "by": request.actor,
        "at": clock(request),
    }
    return taken(request, name, lambda one: actions.assess_resource(code=one.code, **told), _("已记录评估。"))


@officer
@require_POST
def approve(request: HttpRequest, name: str) -> HttpResponse:
    """Approve as the department's head."""
    told = {"by": request.actor, "at": clock(request)}
    return taken(request, name, lambda one: actions.approve_resource(code=one.code, **told), _("已审核同意。"))


@officer
@require_POST
def publish(request: HttpRequest, name: str) -> HttpResponse:
    """Publish as the sharing authority."""
    told = {"by": request.actor, "at": clock(request)}
    return taken(request, name, lambda one: actions.publish_resource(code=one.code, **told), _("已发布到数据目录。"))


@officer
@require_POST
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Withdraw from the catalogue, with the reason."""
    told = {"reason": request.POST.get("reason", ""), "by": request.actor, "at": clock(request)}
    return taken(
        request, name, lambda one: actions.withdraw_resource(code=one.code, **told), _("已撤下，相关授权立即停止。")
    )


@officer
@require_POST
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Declare how the rows come by themselves, from an uploaded declaration."""

    def act(resource: ResourceShape) -> object:
        queries.require_permission(
            request.actor, "resource.load", resource.provider.id, "声明归集任务", "declare its feed"
        )
        declared = read_mapping(text_of(request.FILES.get("declaration")))
        return feed_actions.declare_feed(code=resource.code, declaration=declared, by=request.actor, at=clock(request))

    return taken(request, name, act, _("已声明，一分钟内开始第一次归集。"), tab="feed")


@officer
@require_POST
def stop_feed(request: HttpRequest, name: str) -> HttpResponse:
    """Read the source no more."""
    told = {"by": request.actor, "at": clock(request)}
    return taken(request, name, lambda one: feed_actions.stop_feed(code=one.code, **told), _("已停用。"), tab="feed")


def taken(request: HttpRequest, name: str, act: Act, words: str, tab: str = "") -> HttpResponse:
    """Act and go back to the resource; a refusal shows the page as it now is, with what was entered."""
    resource = queries.get_resource(name, by=request.actor)
    try:
        act(resource)
    except Refused as refused:
        if refused.status in ELSEWHERE:
            raise
        current = queries.get_resource(name, by=request.actor)
        return shown(request, current, faults_of(refused), entered_of(request), refused.status, tab=tab)
    say(request, words)
    here = reverse("data:dataset", args=[name])
    return SeeOther(with_query(here, tab=tab) if tab else here)
