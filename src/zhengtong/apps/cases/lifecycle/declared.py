"""What a matter's pack must declare before it may happen to its cases（事项所许）."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zhengtong.apps.cases.lifecycle.state import CaseState
from zhengtong.declared.handling import Handling
from zhengtong.declared.shapes import Pack

# kind → whether the matter provides for it; kinds that are not here need nothing declared
DECLARED: Mapping[str, Callable[[Handling], bool]] = {
    "extended": lambda allows: allows.extension is not None,
    "procedure-started": lambda allows: bool(allows.procedures),
    "consulted": lambda allows: bool(allows.consultations),
    "cosign-asked": lambda allows: allows.cosign is not None,
    "forwarded": lambda allows: allows.forward,
    "paid": lambda allows: allows.payment is not None,
    "posted": lambda allows: "post" in allows.delivery,
    "delivered": lambda allows: bool(allows.delivery),
}


def is_declared(kind: str, state: CaseState, pack: Pack) -> bool:
    """Return whether the matter provides for an action on a case in this state."""
    allows, asks = pack.handling, DECLARED.get(kind)
    if kind == "extended" and allows.extension is not None:
        return state.extensions < allows.extension.times
    return asks is None or asks(allows)
