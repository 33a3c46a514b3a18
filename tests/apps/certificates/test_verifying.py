"""A stranger verifies a certificate: by identifier, by file, and with nothing but the file and the root."""

from __future__ import annotations

import datetime as dt
import io
import random
import subprocess
import sys
from dataclasses import asdict

import pypdf
import pytest

from zhengtong.apps.certificates import actions, authority, pades, queries
from zhengtong.apps.certificates.authority import KeyRing
from zhengtong.apps.certificates.offline import verify_offline
from zhengtong.apps.certificates.shapes import Status


def findings(verification):
    return {finding.key: finding.holds for finding in verification.findings}


def test_the_identifier_alone_tells_public_facts_only(issued, now):
    found = queries.verify_identifier(f" {issued.identifier} ", at=now)
    assert found.holds
    assert found.title_zh == "出生医学证明"
    assert found.holder_masked == "林*满"
    assert found.receipt_no == issued.receipt_no
    told = str(asdict(found))
    assert "林小满" not in told
    assert "990101199203040023" not in told


def test_an_unknown_identifier_is_said_to_be_unknown(db):
    found = queries.verify_identifier("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
    assert not found.holds
    assert findings(found) == {"known": False}


def test_the_file_verifies_with_signature_chain_record_and_status(issued, document, now):
    found = queries.verify_pdf(document, at=now)
    assert found.holds
    assert findings(found) == dict.fromkeys(("signed", "intact", "trusted", "issuer", "known", "status"), True)
    assert found.identifier == issued.identifier
    assert found.signed_by == "澜江市卫生健康委员会"
    assert found.signed_at == now


def test_a_revoked_certificate_no_longer_verifies(issued, document, city, now):
    actions.revoke(identifier=issued.identifier, reason="登记有误", by=city.examiner, at=now)
    found = queries.verify_pdf(document, at=now)
    assert not found.holds
    assert found.status == Status.REVOKED
    assert findings(found)["intact"] is True
    assert findings(found)["status"] is False


def test_off_line_the_file_proves_itself_but_not_its_status(document, now):
    found = verify_offline(document, queries.root_certificate_pem(), at=now + dt.timedelta(days=700))
    assert found.holds
    assert findings(found) == {"signed": True, "intact": True, "trusted": True, "issuer": True, "status": None}
    assert found.title_zh == "出生医学证明"


def test_off_line_verification_needs_no_django(document, tmp_path):
    (tmp_path / "c.pdf").write_bytes(document)
    (tmp_path / "root.pem").write_bytes(queries.root_certificate_pem())
    script = (
        "import sys, pathlib\n"
        "from datetime import datetime, UTC\n"
        "from zhengtong.apps.certificates.offline import verify_offline\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "pdf, root = (folder / 'c.pdf').read_bytes(), (folder / 'root.pem').read_bytes()\n"
        "found = verify_offline(pdf, root, at=datetime(2027, 1, 1, tzinfo=UTC))\n"
        "assert 'django' not in sys.modules, 'Django was loaded'\n"
        "print(found.holds, found.identifier)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("True 1.2.156.3005.2."), done.stderr


def test_any_changed_byte_is_detected_off_line(document, now):
    root = queries.root_certificate_pem()
    places = random.Random(20261119).sample(range(len(document)), 150)
    unnoticed = [place for place in places if verify_offline(flip(document, place), root, at=now).holds]
    assert unnoticed == []


def test_every_byte_of_the_signature_container_is_guarded(document, now):
    root = queries.root_certificate_pem()
    start = document.index(b"/Contents <") + len("/Contents <")
    end = document.index(b">", start)
    places = [*range(start, start + 120), *range(start + 1280, start + 1340), *range(end - 40, end)]
    assert [place for place in places if verify_offline(flip(document, place), root, at=now).holds] == []


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00" * 5000, b"%PDF-1.7\n" + b"1 0 obj<<>>" * 99])
def test_anything_may_be_sent_and_nothing_breaks(db, content, now):
    found = queries.verify_pdf(content, at=now)
    assert not found.holds
    assert findings(found)["signed"] is False


def test_something_appended_is_detected(document, now):
    found = verify_offline(document + b"\n% a remark\n", queries.root_certificate_pem(), at=now)
    assert not found.holds
    assert findings(found)["intact"] is False


def test_a_page_added_by_an_incremental_update_is_detected(document, now):
    writer = pypdf.PdfWriter(io.BytesIO(document), incremental=True)
    writer.add_blank_page()
    changed = io.BytesIO()
    writer.write(changed)
    assert not verify_offline(changed.getvalue(), queries.root_certificate_pem(), at=now).holds


def test_a_certificate_of_another_authority_is_not_trusted(document, now, tmp_path):
    other = KeyRing(tmp_path, "k", (("k", b"other"),))
    root = authority.to_pem(authority.root_identity(other, name="他处", at=now).certificate_der)
    found = verify_offline(document, root, at=now)
    assert not found.holds
    assert findings(found)["trusted"] is False


def test_one_organisation_cannot_sign_in_the_name_of_another(issued, document, city, now):
    from zhengtong.apps.certificates import issuing

    police = authority.organisation_identity(
        issuing.key_ring(), uscc=city.police.uscc, name=city.police.name_zh, root_name=issuing.root_name(), at=now
    )
    unsigned = document[: document.index(b"%%EOF") + len(b"%%EOF")]
    forged = pades.sign(
        unsigned,
        key_der=police.key_der,
        certificate_der=police.certificate_der,
        identifier=issued.identifier,
        name="澜江市卫生健康委员会",
        at=now,
    )
    found = queries.verify_pdf(forged, at=now)
    assert not found.holds
    assert findings(found)["trusted"] is True
    assert findings(found)["issuer"] is False
    assert findings(found)["known"] is False


def test_the_document_declares_pdf_a_and_carries_its_title(document):
    reader = pypdf.PdfReader(io.BytesIO(document))
    assert reader.metadata.title == "出生医学证明"
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    assert b'pdfaid:part="2"' in metadata
    assert b'pdfaid:conformance="B"' in metadata
    text = reader.pages[0].extract_text()
    assert "林清嘉" in text
    assert "1.2.156.3005.2" in text


def test_two_processes_starting_together_agree_on_one_root(tmp_path, now):
    script = (
        "import sys, pathlib\n"
        "from datetime import datetime, UTC\n"
        "from zhengtong.apps.certificates.authority import KeyRing, root_identity, to_pem\n"
        "ring = KeyRing(pathlib.Path(sys.argv[1]), 'k', (('k', b'secret'),))\n"
        "print(to_pem(root_identity(ring, name='根', at=datetime.now(UTC)).certificate_der).decode())\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = {process.communicate()[0] for process in running}
    assert len(printed) == 1
    assert "BEGIN CERTIFICATE" in printed.pop()


def flip(document, place):
    changed = bytearray(document)
    changed[place] ^= 1
    return bytes(changed)
