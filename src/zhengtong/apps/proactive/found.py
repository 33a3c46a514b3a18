"""Those found, on disk in batches（名单）: encrypted, written once, read by whichever process takes a batch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings

from zhengtong.apps.people import keys

CONTEXT = "proactive.found"
BATCH_PEOPLE = 2000


class Person(NamedTuple):
    """Somebody found: the identity number or credit code, the values of the form, what they receive — and, where they are
    to confirm it, what the rule asked of them."""

    number: str
    values: dict[str, Any]
    outcome: dict[str, str]
    inputs: dict[str, Any] | None = None


_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(list[Person]).decode


def keep(round_id: UUID, people: Iterable[Person]) -> list[int]:
    """Return how many people lie in each batch now on disk; what an earlier try left is gone."""
    folder = _folder(round_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    sizes = []
    for batch in _batches(people):
        path = folder / str(len(sizes))
        with path.open("xb") as file:
            file.write(keys.encrypt_bytes(_encode(batch), CONTEXT))
            file.flush()
            os.fsync(file.fileno())
        sizes.append(len(batch))
    return sizes


def read(round_id: UUID, number: int) -> list[Person]:
    """Return the people of a batch."""
    return _decode(keys.decrypt_bytes((_folder(round_id) / str(number)).read_bytes(), CONTEXT))


def forget(round_id: UUID) -> None:
    """Delete the list once every batch is done."""
    shutil.rmtree(_folder(round_id), ignore_errors=True)


def _batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    batch: list[Person] = []
    for person in people:
        batch.append(person)
        if len(batch) == BATCH_PEOPLE:
            yield batch
            batch = []
    if batch:
        yield batch


def _folder(round_id: UUID) -> Path:
    return Path(settings.ZHENGTONG_HOME) / "proactive" / str(round_id)
