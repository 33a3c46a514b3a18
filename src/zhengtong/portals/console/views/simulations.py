"""Simulations as pages（模拟页）: ask, and see what came out."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from zhengtong.apps.policies import actions, queries
from zhengtong.apps.policies.shapes import RunState, SimulationShape
from zhengtong.declared.rule_sets import RuleSet
from zhengtong.kit import Refused
from zhengtong.portals.console import places, results, telling
from zhengtong.portals.console.contexts import (
    NewContext,
    ParameterField,
    SimulationContext,
    SimulationLine,
    SimulationsContext,
)
from zhengtong.portals.console.figures import plain, whole
from zhengtong.portals.console.guards import officer
from zhengtong.portals.console.rails import rail_of
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import SeeOther, clock, page

PREFIX = "p-"


@officer
def simulations(request: HttpRequest) -> HttpResponse:
    """List the simulations of this organisation and the rules one may simulate."""
    runs = queries.list_simulations(request.actor)
    sets = {run.version_digest: queries.get_rule_set_of(run.version_digest) for run in runs}
    lines = tuple(
        SimulationLine(run, sets[run.version_digest].title, results.changes_told(sets[run.version_digest], run))
        for run in runs
    )
    context = SimulationsContext(rail_of(request, "simulations"), lines, tuple(queries.list_rules()))
    return page(request, "console/simulations.html", context)


@officer
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of a simulation; a POST starts it and goes to its progress page."""
    queries.require_simulate(request.actor)
    _, rule_set = queries.get_rule_set(code)
    today = timezone.localdate(clock(request))
    sent = request.POST if request.method == "POST" else request.GET
    on = telling.day_or(sent.get("on", ""), today)
    region = places.region_or_all(sent.get("region", ""))
    refused: Refused | None = None
    if request.method == "POST":
        changes = {name: request.POST.get(PREFIX + name, "") for name in rule_set.parameters}
        try:
            run = actions.start_simulation(
                code=code,
                on=on,
                region=region,
                changes=changes,
                note=request.POST.get("note", "").strip(),
                by=request.actor,
                at=clock(request),
            )
        except Refused as found:
            if found.status != 422:
                raise
            refused = found
        else:
            return SeeOther(reverse("console:job", args=[run.id]))
    return page(request, "console/new.html", _form(request, rule_set, on, region, refused), 422 if refused else 200)


def _form(request: HttpRequest, rule_set: RuleSet, on: dt.date, region: str, refused: Refused | None) -> NewContext:
    now = rule_set.values_in_force(on, region)
    snapshot = queries.population_of(rule_set)
    words = pick(refused.zh, refused.en) if refused else ""
    fields = tuple(
        ParameterField(
            name,
            f"f-{place}",
            history.title,
            str(history.values[-1].get("unit", "")),
            plain(now.get(name)),
            request.POST.get(PREFIX + name, ""),
            words if refused and refused.field == name else "",
        )
        for place, (name, history) in enumerate(rule_set.parameters.items(), 1)
    )
    wrong = next((field for field in fields if field.fault), fields[0])
    return NewContext(
        rail=rail_of(request, "simulations"),
        code=rule_set.id,
        title=rule_set.title,
        fields=fields,
        on=on.isoformat(),
        region=region,
        regions=places.region_choices(),
        note=request.POST.get("note", ""),
        rows_told=whole(snapshot.manifest.rows),
        snapshot=snapshot.manifest.version,
        faults=(Fault(wrong.name, wrong.field_id, words),) if refused else (),
    )


@officer
def simulation(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show what a simulation says; one that is not ready yet shows its progress page."""
    run = queries.get_simulation(run_id, request.actor)
    if run.result is None:
        return redirect("console:job", run_id)
    rule_set = queries.get_rule_set_of(run.version_digest)
    use = rule_set.population
    assert use is not None
    unit = pick(rule_set.unit.zh, rule_set.unit.en)
    words = {code: pick(said.zh, said.en) for code, said in rule_set.words.items()}
    names = {one.column: words for one in use.by} | {"region_code": dict(places.region_choices()[1:])}
    context = SimulationContext(
        rail=rail_of(request, "simulations"),
        run=run,
        title=rule_set.title,
        changes=results.changes_told(rule_set, run),
        headlines=results.headlines(run.result, use, unit),
        charts=results.charts_of(run.result, use, unit, names),
        rows_told=whole(run.result.total.rows),
        region=places.region_name(run.region),
        same_as_first=_same_as_first(run, request),
    )
    return page(request, "console/simulation.html", context)


def _same_as_first(run: SimulationShape, request: HttpRequest) -> bool | None:
    """Return whether a second run says what the first said; None when it is no second run."""
    if run.repeats is None:
        return None
    first = queries.get_simulation(run.repeats, request.actor)
    return first.state == RunState.DONE and first.result_digest == run.result_digest


@officer
@require_POST
def repeat(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Run the same question over the same data again."""
    run = actions.repeat_simulation(run_id=run_id, by=request.actor, at=clock(request))
    return SeeOther(reverse("console:job", args=[run.id]))
