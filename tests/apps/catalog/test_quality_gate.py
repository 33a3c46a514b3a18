"""Rules beside a resource judge each version; one that fails a blocking rule is kept but not served."""

from __future__ import annotations

import pytest

from tests.apps.catalog.test_registering import changed
from tests.apps.exchange.bureau import ROWS, Bureau, make_bureau
from zhengtong.apps.catalog import actions, queries
from zhengtong.apps.people.shapes import SYSTEM

RULES = [
    {
        "check": "identifier",
        "column": "mother_id_number",
        "kind": "resident-id",
        "severity": "blocking",
        "zh": "母亲号码有效",
    },
    {"id": "weight", "feel": "weight_g >= 500 and weight_g < 7000", "when": "weight_g != null", "severity": "error"},
    {"id": "known", "feel": 'child_name != "弃名" or region_code = null'},
]


@pytest.fixture
def bureau(db, now, tmp_path, settings) -> Bureau:
    settings.ZHENGTONG_HOME = tmp_path
    queries.opened.cache_clear()
    return make_bureau(now, tmp_path)


@pytest.fixture
def load(bureau, now, tmp_path):
    actions.register_resource(declaration=changed(quality=RULES), provider=bureau.health, by=bureau.steward, at=now)

    def load_text(text: str):
        source = tmp_path / "other.csv"
        source.write_text(text, "utf-8")
        return actions.load_snapshot(code="other", source=source, by=bureau.steward, at=now)

    return load_text


def test_a_version_that_fails_is_held_and_the_one_before_it_is_served(bureau, load, now, refuses):
    first = load(ROWS)
    assert (first.score, first.held_reason) == ("1.000000", "")
    held = load(ROWS.replace("B3,99", "B3,98").replace("3000", "30"))
    assert held.held_reason == "母亲号码有效"
    assert queries.find_resource("other").snapshot.version == first.version
    newest, oldest = queries.quality_of("other")
    assert (newest.version, oldest.version) == (held.version, first.version)
    judged = {one["id"]: (one["b"], one["failing"], one["sample"]) for one in newest.results}
    assert judged == {"resident-id:mother_id_number": (3, 1, [3]), "weight": (3, 1, [3]), "known": (3, 0, [])}

    [row] = queries.list_failing_rows("other", "weight", by=bureau.steward, version=held.version)
    assert (row["row"], row["record_no"], row["weight_g"]) == (3, "B3", 30)
    with refuses("catalog.right.missing", 403):
        queries.list_failing_rows("other", "weight", by=bureau.authority)

    with refuses("catalog.release.nothing-held", 409):
        actions.release_snapshot(code="other", version=first.version, reason="x", by=bureau.health_head, at=now)
    actions.release_snapshot(
        code="other", version=held.version, reason="省级下发原样，已报告", by=bureau.health_head, at=now
    )
    assert queries.find_resource("other").snapshot.version == held.version
    kinds = [event.kind for event in queries.list_events("other", by=SYSTEM)]
    assert kinds == ["registered", "loaded", "held", "released"]


@pytest.mark.parametrize(
    "rule",
    [
        {"check": "telepathy"},
        {"check": "filled"},
        {"check": "filled", "column": "nope"},
        {"feel": "weight_g >= "},
        {"feel": "nope > 1"},
        "x",
        {"feel": "true", "least": "x"},
    ],
)
def test_a_rule_that_is_wrong_is_refused_with_the_declaration(rule):
    assert queries.list_problems(changed(quality=[rule]))
