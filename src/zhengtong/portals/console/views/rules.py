"""Rules as pages（规则页）: the table, its bases, its parameters, its proof, its history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from zhengtong.apps.policies import queries
from zhengtong.declared import Text
from zhengtong.kit import Refused
from zhengtong.portals.console import places, telling
from zhengtong.portals.console.contexts import RuleContext, RulesContext
from zhengtong.portals.console.guards import officer
from zhengtong.portals.console.rails import rail_of
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import clock, page


@officer
def rules(request: HttpRequest) -> HttpResponse:
    """List the published rules."""
    return page(request, "console/rules.html", RulesContext(rail_of(request, "rules"), tuple(queries.list_rules())))


@officer
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """Show the rule that applies on a day in a region."""
    version, rule_set = queries.get_rule_set(code)
    on = telling.day_or(request.GET.get("on", ""), timezone.localdate(clock(request)))
    region = places.region_or_all(request.GET.get("region", ""))
    fault = ""
    try:
        source = rule_set.source_in_force(on, region)
    except Refused as refused:
        fault = pick(refused.zh, refused.en)
        source = rule_set.sources[-1]
        on = source.since or on
    decision = rule_set.decision(on, region)
    teller = telling.Teller(rule_set, source, decision)
    table = source.data.get("table")
    decides = Text(decision.title.zh, decision.title.en)
    context = RuleContext(
        rail=rail_of(request, "rules"),
        code=code,
        title=rule_set.title,
        summary=rule_set.summary,
        on=on,
        region=region,
        regions=places.region_choices(),
        version=version,
        versions=tuple(queries.list_versions(code)),
        decides=decides,
        basis=source.basis,
        since=source.since,
        until=source.until,
        digest=decision.digest,
        conclusion=teller.table(decides, table) if table else None,
        formula="" if table else teller.say(str(source.data["expression"])),
        steps=teller.steps(source),
        parameters=telling.parameters_told(rule_set, decision),
        cases=telling.cases_told(rule_set),
        gaps=telling.gaps_told(decision),
        fault=fault,
    )
    return page(request, "console/rule.html", context)
