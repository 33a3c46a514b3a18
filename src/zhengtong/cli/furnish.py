"""What a demonstration city has beyond its people: packs, data, grants, certificate types（演示城市的配置）."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from zhengtong.apps.catalog import actions as catalog
from zhengtong.apps.certificates import actions as certificates
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor, OrganisationShape
from zhengtong.cli import seed
from zhengtong.cli.progress import Stages
from zhengtong.cli.rules.publishing import publish_rule_sets
from zhengtong.declared import Pack, list_certificate_types, list_resource_declarations, load_packs
from zhengtong.declared.grants import NeededGrant, needed_grants

VALID_DAYS = 365 * 3
MODES = ("api", "prefill")


@dataclass(frozen=True)
class Furnishing:
    """What to furnish with: the packs' folder and, for each resource's short name, who writes its rows to a file."""

    packs: Path
    writers: dict[str, Callable[[Path], object]]
    region_code: str

    def owner(self, function: str) -> OrganisationShape:
        """Return the organisation that leads a function in the city."""
        found = people.find_organisation(function=function, region_code=self.region_code)
        if found is None:
            raise LookupError(f"the city has no organisation for {function!r}")
        return found


def furnish_city(city: seed.SeededCity, stages: Stages, leave_out: Iterable[str] = ()) -> None:
    """Give a seeded city its packs, data and grants."""
    furnish(
        Furnishing(settings.ZHENGTONG_PACKS[0], seed.list_writers(city), city.region_code), city.at, stages, leave_out
    )


def furnish(city: Furnishing, at: dt.datetime, stages: Stages, leave_out: Iterable[str] = ()) -> None:
    """Publish packs and resources and give every grant the packs need; `leave_out` names resources left for a walk."""
    left_out = set(leave_out)
    with stages.stage("packs", "发布事项包 / publishing packs"):
        packs = publish_packs(city, at)
    with stages.stage("rules", "发布规则，造仿真样本 / publishing rules, making samples"):
        publish_rule_sets(city.packs, at=at)
    with stages.stage("resources", "登记、装载并发布数据资源 / registering and loading data"):
        for declaration in list_resource_declarations(city.packs):
            if declaration["name"] not in left_out:
                publish_resource(city, declaration, at)
    with stages.stage("grants", "申请并批准数据授权 / granting data"):
        codes = {one["code"] for one in list_resource_declarations(city.packs) if one["name"] not in left_out}
        for needed in needed_grants(packs):
            if needed.resource in codes:
                give_grant(city, needed, at)


def publish_packs(city: Furnishing, at: dt.datetime) -> list[Pack]:
    """Make the certificate authority and types, then publish every pack; return the packs."""
    certificates.ensure_authority(at=at)
    for declaration in list_certificate_types(city.packs):
        certificates.define_type(declaration=declaration, by=SYSTEM, at=at)
    packs = load_packs(city.packs)
    for pack in packs:
        matters.publish_pack(pack=pack, by=SYSTEM, at=at)
    return packs


def publish_resource(city: Furnishing, declaration: dict[str, Any], at: dt.datetime) -> None:
    """Register a declared resource for its provider, load the rows its writer makes, and publish it."""
    name = declaration["name"]
    catalog.register_resource(declaration=declaration, provider=city.owner(declaration["provider"]), by=SYSTEM, at=at)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{name}.csv"
        city.writers[name](source)
        catalog.load_snapshot(code=name, source=source, by=SYSTEM, at=at)
    pia = declaration.get("pia_no", "")
    catalog.assess_resource(code=name, secrecy_checked=True, pia_no=pia, by=SYSTEM, at=at)
    catalog.approve_resource(code=name, by=SYSTEM, at=at)
    catalog.publish_resource(code=name, by=SYSTEM, at=at)


def give_grant(city: Furnishing, needed: NeededGrant, at: dt.datetime) -> None:
    """Take one needed grant through request, consent and approval."""
    consumer = Actor(kind="system", label="系统", organisation=city.owner(needed.consumer))
    request = exchange.request_share(
        resource_code=needed.resource,
        fields=needed.fields,
        usage_basis="；".join(str(basis) for basis in needed.bases)[:500],
        usage_scenario="；".join(purpose.zh for purpose in needed.purposes)[:500],
        usage_scope="办理上述事项时按申请人逐件查询，结果不另行保存",
        share_modes=MODES,
        valid_from=at.date(),
        valid_until=at.date() + dt.timedelta(days=VALID_DAYS),
        by=consumer,
        at=at,
    )
    exchange.consent_internally(request_no=request.no, by=consumer, at=at)
    exchange.approve_request(request_no=request.no, fields=needed.fields, by=SYSTEM, at=at)
