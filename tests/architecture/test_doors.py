"""A capability is entered by its doors only: `actions`, `queries`, `shapes`, and the few side doors named here."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.architecture.tree import PACKAGE, imports_of, module_of, python_files, shown

DOORS = {"actions", "queries", "shapes"}

#: slow work is called by the command line's worker and by the site's own threads, never by a page
WORKERS = ("zhengtong.cli", "zhengtong.site")

#: module inside a capability · who may import it (prefixes of modules) · why it is no ordinary door
SIDE_DOORS = {
    "people.keys": (("zhengtong.",), "keys and blind indexes: every room keeps personal data at rest with them"),
    "people.fields": (("zhengtong.apps.",), "the encrypted columns of every room's models"),
    "people.statements": (("zhengtong.apps.",), "single rows on the hot path of every room, by prepared statements"),
    "people.bulk": (("zhengtong.apps.",), "rows by the hundred thousand, for every room"),
    "people.readonly": (("zhengtong.apps.",), "the back office's read-only base"),
    "people.events": (
        ("zhengtong.apps.evidence", "zhengtong.site"),
        "people stands below evidence and announces upward",
    ),
    "people.signin": (("zhengtong.site", "zhengtong.portals"), "middleware and adapter of the sign-in"),
    "certificates.offline": (("zhengtong.cli", "zhengtong.portals"), "verification with no database and no site"),
}
CAPABILITIES = {path.parent.name for path in (PACKAGE / "apps").glob("*/shapes*")}


def trespasses(module: str, imports: Iterable[tuple[int, str, bool]]) -> list[tuple[int, str]]:
    """Return the imports of a module that enter a capability otherwise than by a door."""
    found = []
    for line, target, _ in imports:
        parts = target.split(".")
        if parts[:2] != ["zhengtong", "apps"] or len(parts) < 4 or parts[2] not in CAPABILITIES:
            continue
        inside = module == ".".join(parts[:3]) or module.startswith(".".join(parts[:3]) + ".")
        who, _ = SIDE_DOORS.get(".".join(parts[2:4]), (WORKERS if parts[3] == "tasks" else (), ""))
        if not inside and parts[3] not in DOORS and not module.startswith(tuple(who)):
            found.append((line, target))
    return found


def test_capabilities_are_entered_by_their_doors():
    found = [
        f"{shown(path, line)} enters {target}"
        for path in python_files("src")
        for line, target in trespasses(module_of(path), imports_of(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("zhengtong.portals.citizen.views", "zhengtong.apps.cases.lifecycle"),
        ("zhengtong.apps.cases.actions", "zhengtong.apps.people.models.Account"),
        ("zhengtong.portals.desk.views", "zhengtong.apps.cases.tasks.remind"),
        ("zhengtong.cli.users", "zhengtong.apps.people.events.announce"),
    ],
)
def test_a_trespass_is_seen(module, target):
    assert trespasses(module, [(1, target, False)]) == [(1, target)]


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("zhengtong.portals.citizen.views", "zhengtong.apps.cases.queries.get_case"),
        ("zhengtong.apps.cases.actions.drafts", "zhengtong.apps.cases.lifecycle.fold"),
        ("zhengtong.cli.certificates", "zhengtong.apps.certificates.offline.verify_file"),
    ],
)
def test_a_door_is_no_trespass(module, target):
    assert not trespasses(module, [(1, target, False)])


def test_no_side_door_stays_open_that_nobody_uses():
    used = {
        ".".join(target.split(".")[2:4])
        for path in python_files("src")
        for _, target, _ in imports_of(path)
        if target.startswith("zhengtong.apps.")
    }
    assert set(SIDE_DOORS) <= used | {"people.signin"}, "the settings name people.signin by text; others are imported"
