"""One named case（一例）: what is done, the refusal stated for it, and that nothing changes."""

from __future__ import annotations

from dataclasses import dataclass

from tests.apps.bad_input.doors import Command, Gateway, Page


@dataclass(frozen=True)
class Row:
    """`does` gets `status` and says `zh` (and `en`, where the page is asked again in English).

    `after` is what is done before, by the same browser, and accepted.
    """

    name: str
    does: Page | Gateway | Command
    status: int
    zh: str = ""
    en: str = ""
    after: tuple[Page, ...] = ()
