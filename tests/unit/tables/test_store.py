"""Snapshots are immutable, vouched for, and there whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from zhengtong.kit import Refused
from zhengtong.tables import Manifest, Projection, build_projection, load


@pytest.fixture
def snapshot(store, tmp_path):
    (tmp_path / "in.csv").write_text("id,amount,on\na1,1.50,2024-01-05\nb2,-3.25,\n", encoding="utf-8")
    return load(tmp_path / "in.csv", store.shelf("r")).snapshot


def test_the_manifest_counts_and_describes(snapshot):
    manifest = snapshot.manifest
    assert (manifest.resource, manifest.version, manifest.rows) == ("r", "v000001", 2)
    assert manifest.bytes == sum(path.stat().st_size for path in snapshot.paths)
    amount = manifest.columns[1]
    assert (amount.type, amount.nulls, amount.min, amount.max) == ("decimal(18,2)", 0, "-3.25", "1.50")
    assert (manifest.columns[2].nulls, manifest.columns[2].max) == (1, "2024-01-05")


def test_a_manifest_survives_json(snapshot):
    again = Manifest.from_json(json.loads(json.dumps(snapshot.manifest.to_json())))
    assert again == snapshot.manifest


def test_a_changed_manifest_is_refused(snapshot):
    body = snapshot.manifest.to_json()
    body["rows"] += 1
    with pytest.raises(Refused) as refused:
        Manifest.from_json(body)
    assert refused.value.code == "tables.snapshot.damaged"


def test_any_changed_byte_of_a_part_is_found(snapshot):
    snapshot.check()
    path = snapshot.paths[0]
    content = path.read_bytes()
    for position in (0, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        with pytest.raises(Refused):
            snapshot.check()
    path.write_bytes(content)
    snapshot.check()


def test_the_same_file_loaded_twice_gives_the_same_bytes(store, snapshot, tmp_path):
    again = load(tmp_path / "in.csv", store.shelf("r")).snapshot
    assert again.manifest.version == "v000002"
    assert again.manifest.parts == snapshot.manifest.parts
    assert store.open("r").manifest == again.manifest
    assert store.open("r", "v000001").manifest == snapshot.manifest


def test_rows_give_only_the_fields_asked_for(snapshot):
    assert list(snapshot.rows(["amount"], limit=1)) == [{"amount": "1.50"}]
    with pytest.raises(Refused) as refused:
        list(snapshot.rows(["secret"]))
    assert refused.value.code == "tables.schema.unknown-column"


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden", "x" * 130])
def test_a_resource_name_cannot_leave_the_store(store, name):
    with pytest.raises(Refused):
        store.shelf(name)


@pytest.mark.parametrize("version", ["v999999", "../r/v000001", "latest"])
def test_a_version_that_is_not_there_is_refused(store, snapshot, version):
    with pytest.raises(Refused) as refused:
        store.open("r", version)
    assert refused.value.status == 404


def test_many_processes_publishing_at_once_lose_nothing(store, snapshot, tmp_path):
    code = textwrap.dedent(
        f"""
        from zhengtong.tables import Store, load
        for _ in range(5):
            load({str(tmp_path / "in.csv")!r}, Store(__import__("pathlib").Path({str(store.root)!r})).shelf("r"))
        """
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "src"}) for _ in range(3)
    ]
    assert [child.wait(120) for child in children] == [0, 0, 0]
    versions = store.shelf("r").versions()
    assert versions == [f"v{number:06d}" for number in range(1, 17)]
    for version in versions:
        store.open("r", version).check()


def test_a_killed_load_leaves_no_version_and_is_swept(store, tmp_path):
    path = tmp_path / "big.csv"
    path.write_text("a,b\n" + "".join(f"{n},{'z' * 200}\n" for n in range(100_000)), encoding="utf-8")
    code = textwrap.dedent(
        f"""
        import os, signal
        from zhengtong.tables import Store, load
        from zhengtong.tables.parts import PartWriter
        PartWriter.close = lambda self: os.kill(os.getpid(), signal.SIGKILL)
        load({str(path)!r}, Store(__import__("pathlib").Path({str(store.root)!r})).shelf("r"))
        """
    )
    child = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "src"}, check=False)
    assert child.returncode == -9
    shelf = store.shelf("r")
    assert shelf.versions() == []
    assert shelf.sweep() == 1
    assert list(shelf.directory.iterdir()) == []
    assert load(path, shelf).rows_loaded == 100_000


@pytest.mark.parametrize("work", ["load", "project", "export"])
def test_a_full_disk_leaves_nothing_half_done(store, tmp_path, work):
    """A limit on file size stands for the disk: writing past it fails as on a full one."""
    path = tmp_path / "big.csv"
    path.write_text("a,b\n" + "".join(f"{n},{n * 7919 % 999983}{n * 31}\n" for n in range(60_000)), encoding="utf-8")
    if work != "load":
        load(path, store.shelf("r"))
    before = store.shelf("r").versions()
    code = textwrap.dedent(
        f"""
        import pathlib, resource, signal
        from zhengtong.tables import Store, build_projection, export_snapshot, load
        shelf = Store(pathlib.Path({str(store.root)!r})).shelf("r")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        out = pathlib.Path({str(tmp_path)!r}) / "out"
        match {work!r}:
            case "load":
                load({str(path)!r}, shelf)
            case "project":
                build_projection(shelf.open(), "a", out / "p.sqlite")
            case "export":
                export_snapshot(shelf.open(), out / "x.csv", fields=["a", "b"])
        """
    )
    child = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, check=False
    )
    assert child.returncode == 1
    assert store.shelf("r").versions() == before
    assert [p for p in store.shelf("r").directory.iterdir() if p.name.startswith(".")] == []
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_a_killed_build_leaves_no_projection_and_the_next_one_clears_its_draft(store, snapshot, tmp_path):
    target = tmp_path / "out" / "p.sqlite"
    code = textwrap.dedent(
        f"""
        import os, pathlib, signal
        from zhengtong.tables import Store
        from zhengtong.tables.projection import build
        build._write_facts = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
        build.build_projection(Store(pathlib.Path({str(store.root)!r})).open("r"), "id", pathlib.Path({str(target)!r}))
        """
    )
    child = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "src"}, check=False)
    assert child.returncode == -9
    assert not target.exists()
    assert len(list(target.parent.iterdir())) == 1
    build_projection(snapshot, "id", target)
    assert list(target.parent.iterdir()) == [target]
    with Projection(target) as projection:
        assert projection.lookup("a1", ["amount"]) == {"amount": "1.50"}
