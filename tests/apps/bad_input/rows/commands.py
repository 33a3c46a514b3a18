"""The command line（命令行）: lists of matters, packs, ledger bundles and certificates that are not what they say."""

from __future__ import annotations

from pathlib import Path

from tests.apps.bad_input.city import City
from tests.apps.bad_input.doors import Command
from tests.apps.bad_input.rows.row import Row

PACKS = Path(__file__).parents[4] / "packs"


def imported(content: bytes) -> Command:
    return Command(("matters", "import", "{folder}/items.csv"), {"items.csv": content})


def checked(path: str, change: tuple[str, str]) -> Command:
    """`packs check` over a copy of the packs with one text changed in one file."""
    files = {f"packs/{one.relative_to(PACKS)}": one.read_bytes() for one in PACKS.rglob("*") if one.is_file()}
    before = files[f"packs/{path}"].decode()
    assert change[0] in before, (path, change)
    files[f"packs/{path}"] = before.replace(change[0], change[1], 1).encode()
    return Command(("packs", "check", "--packs", "{folder}/packs"), files)


def changed(city: City) -> bytes:
    content = bytearray(city.files["bundle"])
    content[len(content) // 2] ^= 1
    return bytes(content)


def verified(content) -> Command:
    return Command(("ledger", "verify", "{folder}/export.zip"), {"export.zip": content})


def certified(pdf, root) -> Command:
    words = ("certificates", "verify", "{folder}/a.pdf", "--root", "{folder}/root.pem")
    return Command(words, {"a.pdf": pdf, "root.pem": root})


ROWS = [
    Row("a list of items without its columns", imported("名称,部门\n甲,乙\n".encode()), 2, "列", "column"),
    Row("a list of items that is a picture", imported(b"\x89PNG\r\n\x1a\n\0\0\0"), 2, "", ""),
    Row("an empty list of items", imported(b""), 2, "", ""),
    Row("a list of items that is not there", Command(("matters", "import", "{folder}/none.csv")), 2, "", "none.csv"),
    Row("a pack with a formula that cannot be read", checked("residence-permit/form/pages.yaml", ('answers.reason = "home" and', "answers.reason = = and")), 1, "pages.yaml:", ""),
    Row("a pack with a resource nobody declares", checked("residence-permit/data.yaml", ("101001/000001", "999999/999999")), 1, "data.yaml:", ""),
    Row("a pack whose YAML cannot be read", checked("residence-permit/pack.yaml", ("kind: matter", "kind: [matter")), 1, "pack.yaml:", ""),
    Row("a pack on a law nobody knows", checked("residence-permit/pack.yaml", ("residence-permit-2", "no-such-law")), 1, "pack.yaml:", ""),
    Row("a ledger bundle with one bit changed", verified(changed), 2, "", ""),
    Row("half a ledger bundle", verified(lambda city: city.files["bundle"][:2000]), 2, "", ""),
    Row("a ledger bundle that is a text", verified(b"hello"), 2, "", ""),
    Row("a certificate with one byte changed, offline", certified(lambda city: city.files["altered"], lambda city: city.files["root"]), 2, "签发后被改动过", "changed since it was signed"),
    Row("a certificate under another site's root, offline", certified(lambda city: city.pdf, lambda city: city.files["other_root"]), 2, "签名证书不是由本平台根证书签发的", "not issued under the given root"),
    Row("garbage as a certificate, offline", certified(b"garbage", lambda city: city.files["root"]), 2, "没有可识别的电子签名", "no readable electronic signature"),
    Row("garbage as a root certificate", certified(lambda city: city.pdf, b"garbage"), 2, "", ""),
    Row("a post for an account that does not exist", Command(("users", "appoint", "nobody", "--organisation", "1", "--role", "window")), 1, "没有账号 nobody", "There is no account nobody"),
    Row("a role that does not exist", Command(("users", "appoint", "health.window", "--organisation", "1", "--role", "emperor")), 2, "emperor", "emperor"),
    Row("a word that is none", Command(("nosuchword",)), 2, "nosuchword", ""),
]  # fmt: skip
