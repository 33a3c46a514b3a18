"""A backup of a running site comes back whole into an empty folder; a damaged one changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.apps.site.city import PASSWORD, ROOT, in_site
from tests.apps.site.conftest import new_site
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


def facts(environment: dict[str, str]) -> dict:
    return json.loads(in_site(environment, "tests.apps.site.invariants").splitlines()[-1])


def test_a_site_comes_back_from_its_backup_as_it_was(ground, tmp_path):
    backup = tmp_path / "site.tar.gz"
    with running_site(ground.environment, workers=1) as site, Visitor(site.address) as parent:
        parent.sign_in(ground.parents[0], PASSWORD)
        application = newborn.apply_for_newborn(parent)
        done = zhengtong(ground.environment, "backup", str(backup))
        assert done.returncode == 0, done.stderr
        shown = parent.open(f"/my/cases/{application.no}/").text()
    assert backup.stat().st_mode & 0o077 == 0, "a backup holds the keys: nobody else may read it"
    before = ground.look()
    restored = new_site(tmp_path / "restored")
    done = zhengtong(restored, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    after = facts(restored)
    assert after["broken"] == []
    assert application.no in after["cases"]
    assert sorted(after["cases"]) == sorted(before["cases"])
    with running_site(restored, workers=1) as site, Visitor(site.address) as parent:
        parent.sign_in(ground.parents[0], PASSWORD)
        assert parent.open(f"/my/cases/{application.no}/").text() == shown, "the keys came back with the data"
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
