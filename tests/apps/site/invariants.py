"""What must hold of every site at every moment（不变式）; `python -m tests.apps.site.invariants` prints what does not, as JSON."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path


def broken() -> Iterator[str]:
    """Yield every invariant that is broken, in words."""
    from zhengtong.apps.cases.models import Case

    for case in Case.objects.select_related("parent").prefetch_related("actions").order_by("id"):
        yield from broken_log(case)
        yield from broken_certificates(case)
    yield from broken_wholes()
    yield from broken_drafts()
    yield from broken_ledger()


def broken_log(case) -> Iterator[str]:
    """The log is gapless, its projection is what it folds to, and each entry has its receipt."""
    from zhengtong.apps.cases import actions
    from zhengtong.apps.evidence.models import Receipt

    entries = sorted(case.actions.all(), key=lambda entry: entry.seq)
    if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)):
        yield f"{case.no}: the log has gaps: {[entry.seq for entry in entries]}"
    if actions.rebuild_projection(case_no=case.no):
        yield f"{case.no}: the projection was not what the log says"
    numbers = [entry.receipt_no for entry in entries]
    kept = set(Receipt.objects.filter(no__in=numbers).values_list("no", flat=True))
    if set(numbers) != kept:
        yield f"{case.no}: actions without a receipt: {set(numbers) - kept}"
    settled = Counter(entry.kind for entry in entries if entry.kind in ("granted", "denied", "settled"))
    if sum(settled.values()) > 1:
        yield f"{case.no}: settled more than once: {settled}"


def broken_certificates(case) -> Iterator[str]:
    """A granted part has exactly one certificate, whose bytes are there and unchanged."""
    from zhengtong.apps.certificates import queries
    from zhengtong.apps.certificates.models import Certificate

    found = list(Certificate.objects.filter(case_no=case.no))
    expected = 1 if case.state == "granted" and case.parent_id else 0
    if len(found) != expected:
        yield f"{case.no} ({case.state}): {len(found)} certificates, {expected} expected"
    for certificate in found:
        from zhengtong.apps.people.shapes import SYSTEM

        pdf = queries.pdf(certificate.identifier, SYSTEM)
        if not queries.verify_pdf(pdf).holds:
            yield f"{certificate.identifier}: does not verify"


def broken_wholes() -> Iterator[str]:
    """A one-thing has five parts, and is closed exactly when all of them are settled."""
    from zhengtong.apps.cases.models import Case

    for whole in Case.objects.filter(matter_code="birth").prefetch_related("parts"):
        parts = list(whole.parts.all())
        if len(parts) != 5:
            yield f"{whole.no}: {len(parts)} parts"
        if whole.is_settled != all(part.is_settled for part in parts):
            yield f"{whole.no}: settled is {whole.is_settled}, its parts {[part.state for part in parts]}"


def broken_drafts() -> Iterator[str]:
    """A submitted draft has its case."""
    from zhengtong.apps.cases.models import Case, Draft

    filed = Case.objects.exclude(draft=None).values("draft")
    for draft in Draft.objects.filter(is_submitted=True).exclude(pk__in=filed):
        yield f"draft {draft.id} was submitted and has no case"


def broken_ledger() -> Iterator[str]:
    """Everything sealed can be exported and proves itself; sealing what waits works."""
    from django.utils import timezone

    from zhengtong.apps.evidence import actions, queries
    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.ledger import verify_bundle

    while queries.count_receipts(sealed=False):
        actions.seal(at=timezone.now())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        sealed = queries.count_receipts(sealed=True)
        actions.export_bundle(path=path, by=SYSTEM, at=timezone.now())
        report = verify_bundle(path)
    if report.leaves != sealed:
        yield f"the export proves {report.leaves} receipts of {sealed}"


def facts() -> dict[str, object]:
    """Return what a test wants to compare with what it was told."""
    from zhengtong.apps.cases.models import Case, CaseAction

    done = CaseAction.objects.values_list("case__no", "kind")
    return {
        "cases": list(Case.objects.values_list("no", flat=True)),
        "actions": [list(pair) for pair in done],
        "states": Counter(Case.objects.values_list("state", flat=True)),
    }


def main() -> None:
    """Print what is broken and what is there, as one JSON line."""
    print(json.dumps({"broken": list(broken()), **facts()}, ensure_ascii=False))


if __name__ == "__main__":
    import django

    django.setup()
    main()
