"""A case file is packed, checked four ways and kept; whatever is changed in it is found by whoever has it."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
import typst

from tests.apps.cases.city import PDF, apply_for_permit
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.archive import check_bundle, open_index
from zhengtong.apps.cases.models import CaseFile, Material
from zhengtong.apps.cases.previewing import draw
from zhengtong.apps.cases.tasks import run_daily
from zhengtong.kit import to_canonical

POLICE = "public-security"


@pytest.fixture
def granted(city, now):
    """A permit granted, with its certificate."""
    officer = city.officer(POLICE)
    case = actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)
    return actions.settle_case(
        case_no=case.no, decision="granted", outcome={"permit_no": "J1"}, version=case.version, by=officer, at=now
    )


def change(bundle: bytes, name: str, new: bytes | None, *, add: dict[str, bytes] | None = None) -> bytes:
    """Return a bundle with one member changed, dropped（None）or others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(out, "w") as fresh:
        for member in old.namelist():
            content = new if member == name else old.read(member)
            if content is not None:
                fresh.writestr(member, content)
        for member, content in (add or {}).items():
            fresh.writestr(member, content)
    return out.getvalue()


def failed(bundle: bytes, **given) -> set[str]:
    return {name for name, passed in check_bundle(bundle, **given).results if not passed}


def test_a_case_is_archived_once_with_its_four_checks(granted, city, now, refuses):
    officer = city.officer(POLICE)
    with refuses("case.archive.not-found", 404):
        queries.get_case_file(granted.no, officer)
    with refuses("case.archive.checks", 409) as caught:  # the fixture's PDF is only its first and last line
        actions.archive_case(case_no=granted.no, by=officer, at=now)
    assert {finding[0] for finding in caught.value.facts["findings"]} == {"usability"}
    case = actions.archive_case(case_no=granted.no, by=officer, at=now, despite="原件如此，已核对")
    assert "archived" in case.flags
    with refuses("case.case.not-in-state", 409):
        actions.archive_case(case_no=granted.no, by=officer, at=now)
    shape, bundle = queries.get_case_file(granted.no, city.mother)
    assert [entry.title_zh for entry in shape.entries] == ["卷宗封面和办理记录", "住处证明", "电子证照"]
    assert shape.entries[-1].to_page == shape.pages == 3
    assert dict(queries.check_case_file(granted.no, officer).results) == {
        "authenticity": True, "integrity": True, "usability": False, "safety": True,
    }  # fmt: skip
    with refuses("case.archive.not-found", 404):
        queries.get_case_file(granted.no, city.father)
    assert "林清嘉" in queries.print_case(granted.no, officer, at=now)
    _tampering_is_found(bundle, shape.digest)


def _tampering_is_found(bundle: bytes, digest: str) -> None:
    usual = {"usability"}
    index = open_index(bundle)
    assert failed(bundle, expected=digest) == usual
    cover = f"files/{index['entries'][0]['name']}"
    assert "integrity" in failed(change(bundle, cover, b"<html>else</html>"))
    assert "integrity" in failed(change(bundle, cover, None))
    assert "integrity" in failed(change(bundle, "", None, add={"files/extra.pdf": PDF}))
    log = json.loads(zipfile.ZipFile(io.BytesIO(bundle)).read("log.json"))
    log[1]["payload"]["reads"] = {"someone": {}}
    assert {"authenticity", "integrity"} <= failed(change(bundle, "log.json", to_canonical(log)))
    assert "integrity" in failed(change(bundle, "log.json", to_canonical(log[:-1])))
    later = {**index, "settled_at": "2020-01-01T00:00:00+08:00"}
    assert "authenticity" in failed(change(bundle, "index.json", to_canonical(later)), expected=digest)
    assert failed(change(bundle, "", None, add={"../out.txt": b"x"})) == {"safety"}
    assert failed(b"not a zip") == {"integrity"}


def test_a_material_is_seen_before_it_is_opened(granted, city, now, tmp_path, refuses):
    page = tmp_path / "page.typ"
    page.write_text("#set page(width: 100mm, height: 140mm)\n甲 #pagebreak() 乙", encoding="utf-8")
    sheet = typst.compile(str(page))
    officer = city.officer(POLICE)
    broken = next(slot for slot in granted.materials if slot.id == "home_proof").files[0]
    assert queries.material_preview(broken.id, officer) is None, "a file that cannot be drawn has no picture"
    with refuses("case.material.not-found", 404):
        queries.material_preview(broken.id, city.father)
    assert draw(sheet, "file.pdf").startswith(b"\x89PNG")
    assert draw(b"\x89PNG\r\n\x1a\n broken", "file.png") is None


def test_time_archives_what_is_sound_and_leaves_the_rest_to_an_officer(city, now):
    officer = city.officer(POLICE)
    sound, broken = apply_for_permit(city), apply_for_permit(city, by=city.father)
    for case in (sound, broken):
        actions.refuse_acceptance(case_no=case.no, reason="不属于本局职权", by=officer, at=now)
    Material.objects.filter(case__no=sound.no).delete()
    late = now + dt.timedelta(days=31)
    assert run_daily(at=late)["archived"] == 1
    assert run_daily(at=late)["archived"] == 0
    assert list(CaseFile.objects.values_list("case__no", flat=True)) == [sound.no]
