"""Static checks of a model（静态校验）: every fault with its element, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zhengtong.flow.check import (
    agreements,
    connections,
    contents,
    contracts,
    formal,
    happenings,
    soundness,
    structure,
    surroundings,
)
from zhengtong.flow.check.expressions import Compile, check_expressions
from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet
from zhengtong.flow.document import Model

_CHECKS: tuple[Callable[[Sheet], Iterator[Fault]], ...] = (
    structure.check_grammar,
    structure.check_ids,
    structure.check_references,
    structure.check_calls,
    structure.check_diagram,
    connections.check_flow_ends,
    connections.check_listing,
    connections.check_starts_and_ends,
    connections.check_conditions,
    connections.check_gateways,
    connections.check_message_flows,
    happenings.check_positions,
    happenings.check_subjects,
    happenings.check_boundaries,
    happenings.check_handlers,
    happenings.check_links,
    happenings.check_event_subs,
    contents.check_loops,
    contents.check_activities,
    contents.check_ad_hoc,
    contents.check_data,
    contents.check_pools,
    contents.check_declarations,
    agreements.check_messages,
    agreements.check_sets,
    agreements.check_data_kinds,
    agreements.check_resources,
    agreements.check_definitions,
    agreements.check_instance_data,
    contracts.check_task_data,
    contracts.check_call_data,
    contracts.check_bindings,
    contracts.check_event_data,
    contracts.check_collections,
    formal.check_formality,
    formal.check_formats,
    formal.check_times,
    surroundings.check_choreographies,
    surroundings.check_processes,
    surroundings.check_link_ends,
    surroundings.check_data_names,
    surroundings.check_set_pairs,
)


def check_model(model: Model, compile_text: Compile | None = None) -> list[Fault]:
    """Return the faults of a model, the serious first, each kind in the order of the file.

    `compile_text`, such as `zhengtong.rules.compile_expression`, refuses what is not FEEL; without it expressions are not
    read. The token game is played only when the drawing is in order.
    """
    sheet = Sheet(model)
    found = [fault for check in _CHECKS for fault in check(sheet)]
    if compile_text is not None:
        found += check_expressions(sheet, compile_text)
    if not any(fault.code in _BREAKING for fault in found):
        found += soundness.check_soundness(sheet)
    unique = {(fault.code, fault.element, fault.en): fault for fault in found}
    return sorted(unique.values(), key=lambda fault: (not fault.is_serious, fault.line))


_BREAKING = frozenset(f"flow.check.{name}" for name in ("duplicate-id", "flow-crosses-border", "flow-crosses-pool"))

__all__ = ["Fault", "check_model"]
