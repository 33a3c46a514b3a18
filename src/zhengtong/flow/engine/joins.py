"""Inclusive and complex joins（包容汇聚、复杂汇聚）: they look at the whole scope before they let a token go."""

from __future__ import annotations

from zhengtong.flow.engine.moves import Moves
from zhengtong.flow.program.shapes import Node


class Joins(Moves):
    """Joins that decide when everything else has come to rest."""

    def release(self, scope: str, node: Node, waiting: dict[str, str]) -> bool:
        """Merge at a join that is ready; return whether anything moved."""
        if node.kind == "complexGateway":
            return self.release_complex(scope, node, waiting)
        if not self.is_complete(scope, node, set(waiting)):
            return False
        self.merge(waiting, node)
        return True

    def release_complex(self, scope: str, node: Node, waiting: dict[str, str]) -> bool:
        """Fire when the activation condition holds, then swallow the stragglers until every flow has had its turn.

        Without an activation condition it is an inclusive join (BPMN 2.0, 13.4.5).
        """
        spent = self.spent(scope, node)
        if spent:
            late = next((flow for flow in waiting if flow not in spent), None)
            if late is not None:
                del self.tokens[waiting[late]]
                self.spend(scope, node, [*spent, late])
                return True
            if not self.is_complete(scope, node, set(spent)):
                return False
            self.spend(scope, node, [])
        if not self.activates(scope, node, waiting):
            return False
        self.spend(scope, node, list(waiting))
        self.merge(waiting, node)
        return True

    def activates(self, scope: str, node: Node, waiting: dict[str, str]) -> bool:
        """Return whether a complex gateway waiting for its start may fire."""
        if not node.activation:
            return self.is_complete(scope, node, set(waiting))
        count = sum(token["at"] == node.id and token["in"] == scope for token in self.tokens.values())
        more = {"activationCount": count, "waitingForStart": True}
        return self.shows(node.activation, node, scope, more=more)

    def spent(self, scope: str, node: Node) -> list[str]:
        """Return the flows a complex gateway has already taken a token from in this round."""
        flows: list[str] = self.scopes[scope].get("spent", {}).get(node.id, [])
        return flows

    def spend(self, scope: str, node: Node, flows: list[str]) -> None:
        """Remember the flows used in this round; a full round starts anew."""
        rounds = {key: used for key, used in self.scopes[scope].get("spent", {}).items() if key != node.id}
        if flows and len(flows) < len(node.incoming):
            rounds[node.id] = flows
        self.scopes[scope]["spent"] = rounds
        if not rounds:
            del self.scopes[scope]["spent"]
