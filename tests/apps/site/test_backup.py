"""A backup of a running site comes back whole into an empty folder; a damaged one changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.apps.site.city import PASSWORD, ROOT, in_site
from tests.apps.site.conftest import make_database
from zhengtong.cli.walk import newborn
from zhengtong.cli.walk.browser import Visitor
from zhengtong.cli.walk.server import running_site

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.timeout(600)]


def zhengtong(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", "from zhengtong.cli import main; main()", *words]
    settings = {"DJANGO_SETTINGS_MODULE": "zhengtong.site.settings"}
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings, **environment}, capture_output=True, text=True, check=False
    )


def new_site(folder: Path) -> dict[str, str]:
    server = os.environ.get("DATABASE_URL", "")
    url = make_database(server) if server.startswith("postgres") else ""
    return {"ZHENGTONG_HOME": str(folder), "DATABASE_URL": url, "ZHENGTONG_REQUIRE_MFA": "0"}


def facts(environment: dict[str, str]) -> dict:
    return json.loads(in_site(environment, "tests.apps.site.invariants").splitlines()[-1])


def test_a_site_comes_back_from_its_backup_as_it_was():
    with tempfile.TemporaryDirectory(prefix="zhengtong-backup-") as folder:
        home, other = Path(folder) / "site", Path(folder) / "restored"
        environment = new_site(home)
        in_site(environment, "tests.journeys.city")
        backup = Path(folder) / "site.tar.gz"
        with running_site(environment, workers=1) as site, Visitor(site.address) as parent:
            parent.sign_in("mother", PASSWORD)
            application = newborn.apply_for_newborn(parent)
            done = zhengtong(environment, "backup", str(backup))
            assert done.returncode == 0, done.stderr
        assert backup.stat().st_mode & 0o077 == 0, "a backup holds the keys: nobody else may read it"
        before = facts(environment)
        restored = new_site(other)
        done = zhengtong(restored, "restore", str(backup))
        assert done.returncode == 0, done.stderr
        after = facts(restored)
        assert after["broken"] == []
        assert application.no in after["cases"]
        assert sorted(after["cases"]) == sorted(before["cases"])
        with running_site(restored, workers=1) as site, Visitor(site.address) as parent:
            parent.sign_in("mother", PASSWORD)
            assert "陈知夏" in parent.open(f"/my/cases/{application.no}/").text(), "the keys came back with the data"
        refused = zhengtong(restored, "restore", str(backup))
        assert refused.returncode == 2
        assert "site.restore.not-empty" in refused.stderr


def test_a_damaged_backup_is_refused_and_leaves_nothing(tmp_path):
    environment = new_site(tmp_path / "site")
    assert zhengtong(environment, "users", "list").returncode in (0, 1)
    backup = tmp_path / "site.tar.gz"
    done = zhengtong(environment, "backup", str(backup))
    assert done.returncode == 0, done.stderr
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    backup.write_bytes(content)
    target = tmp_path / "restored"
    refused = zhengtong({**environment, "ZHENGTONG_HOME": str(target)}, "restore", str(backup))
    assert refused.returncode == 2
    assert "site.restore.damaged" in refused.stderr
    assert not target.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "site.tar.gz"], "nothing half-extracted is left"
