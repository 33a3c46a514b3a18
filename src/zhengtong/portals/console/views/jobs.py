"""A simulation on its way（进度页）: polled by htmx, refreshed by the browser where there is no script."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from zhengtong.apps.policies import queries
from zhengtong.apps.policies.shapes import RunState
from zhengtong.portals.console import results
from zhengtong.portals.console.contexts import JobContext
from zhengtong.portals.console.figures import whole
from zhengtong.portals.console.guards import officer
from zhengtong.portals.console.rails import rail_of
from zhengtong.portals.ui.pages import SeeOther, clock, is_fragment, page

REFRESH_SECONDS = 2


@officer
def job(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show where a simulation stands; a finished one leads to its result."""
    run = queries.get_simulation(run_id, request.actor)
    if run.state == RunState.DONE:
        return _onward(request, reverse("console:simulation", args=[run_id]))
    rule_set = queries.get_rule_set_of(run.version_digest)
    seconds = max(0, int((clock(request) - run.asked_at).total_seconds()))
    waits = run.state in (RunState.QUEUED, RunState.RUNNING)
    context = JobContext(
        rail=rail_of(request, "simulations"),
        run=run,
        title=rule_set.title,
        changes=results.changes_told(rule_set, run),
        rows_told=whole(run.rows),
        seconds=seconds,
        refresh_seconds=REFRESH_SECONDS if waits else 0,
    )
    return page(request, "console/job_state.html" if is_fragment(request) else "console/job.html", context)


def _onward(request: HttpRequest, url: str) -> HttpResponse:
    """Send a browser on; htmx follows a header instead, so that the whole page changes and not the fragment."""
    if is_fragment(request):
        return HttpResponse(status=200, headers={"HX-Redirect": url})
    return SeeOther(url)
