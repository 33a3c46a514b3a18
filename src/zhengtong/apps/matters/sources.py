"""Which data and which certificate stand behind each material（材料与数据、证照的对应）."""

from __future__ import annotations

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.matters.shapes import MaterialSource
from zhengtong.declared import MaterialNeed, Pack
from zhengtong.declared.walk import fields_of


def material_sources(pack: Pack) -> tuple[MaterialSource, ...]:
    """Return each material of a pack with what replaces it and whether the site has that published."""
    return tuple(_source(pack, need) for need in pack.materials)


def published_resource(code: str) -> ResourceShape | None:
    """Return a resource of the catalogue if it is published, else None."""
    found = catalog.find_resource(code) if code else None
    return found if found and found.status == "published" else None


def _source(pack: Pack, need: MaterialNeed) -> MaterialSource:
    kind, _, name = need.replaced_by.partition(":")
    zh, en, code, dataset, fields, known = "", "", name, "", (), False
    if kind == "data":
        use = pack.data_use(name)
        resource = published_resource(use.resource)
        code, fields, known = use.resource, fields_of(pack, use), resource is not None
        dataset = resource.name if resource else ""
        zh, en = (resource.title_zh, resource.title_en) if resource else (use.resource, use.resource)
    elif kind == "certificate":
        type = certificates.find_type(name)
        known = type is not None
        zh, en = (type.title_zh, type.title_en) if type else (name, name)
    return MaterialSource(
        id=need.id,
        title_zh=need.title.zh,
        title_en=need.title.en,
        need=need.need,
        source=need.source,
        basis=str(need.basis),
        when=need.when,
        kind=kind,
        replaced_zh=zh,
        replaced_en=en,
        code=code,
        dataset=dataset,
        fields=fields,
        is_published=known,
    )
