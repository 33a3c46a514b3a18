"""Moving tokens along flows: branching, joining, and what happens when nothing moves any more."""

from __future__ import annotations

from zhengtong.flow.engine.board import ROOT, Board
from zhengtong.flow.program.names import GATEWAYS
from zhengtong.flow.program.shapes import Flow, Node
from zhengtong.kit import Refused

BOUND_MOVES = 20_000
_NO_WAY = (
    "flow.gateway.no-way-out",
    "“{0}”的出线条件都不成立，也没有默认流向。请补一条默认流，或改正变量后重试。",
    "No outgoing condition of {0} holds and there is no default; add a default flow, or correct the variables and retry.",
)


class Moves(Board):
    """Tokens on the way from node to node."""

    def drain(self) -> None:
        """Move every token that can move; signals are thrown last, so that all who would listen already do.

        A conditional event fires as soon as its condition holds, before anything else moves.
        """
        while self.agenda or self.later:
            self.count_move()
            if not self.agenda:
                token = self.later.popleft()
                if token in self.tokens:
                    self.act(token)
                continue
            scope, flow, token = self.agenda.popleft()
            if flow is None:
                if token in self.tokens:
                    self.begin(token)
            elif scope in self.scopes:
                self.arrive(scope, flow)
            if self.program.has_conditions:
                self.fire_conditions()

    def count_move(self) -> None:
        """Count a move; a step that goes round for ever is refused, so the state before it stays."""
        self.moves += 1
        if self.moves > BOUND_MOVES:
            raise Refused(
                "flow.advance.endless",
                f"一步之内走了 {BOUND_MOVES} 次仍未停下：模型里有无等待的死循环。请给循环加出口条件。",
                f"{BOUND_MOVES} moves in one step: the model loops without waiting. Give the loop a condition to leave.",
            )

    def act(self, token: str) -> None:
        """Perform the throwing event a token stands at."""
        raise NotImplementedError

    def reach(self, token: str, node: Node) -> None:
        """Do what a node that is not a gateway does when a token comes."""
        raise NotImplementedError

    def arrive(self, scope: str, flow: Flow) -> None:
        """Put a token on the node a flow leads to and let the node act."""
        node = flow.target
        gateway = _GATEWAYS.get(node.kind)
        if gateway is None:
            self.reach(self.spawn(node, scope), node)
            return
        joins = len(node.incoming) > 1 and node.kind in _JOINING
        token = self.spawn(node, scope, via=flow.id) if joins else self.spawn(node, scope)
        gateway(self, token, node)

    def pass_gateway(self, token: str, node: Node) -> None:
        """Leave a gateway along the flows that hold."""
        self.emit("passed", node, token=token)
        self.leave(token)

    def join_all(self, token: str, node: Node) -> None:
        """A parallel join takes one token of every incoming flow."""
        if len(node.incoming) < 2:
            self.pass_gateway(token, node)
            return
        waiting = self.waiting_at(node, self.tokens[token]["in"])
        if len(waiting) == len(node.incoming):
            self.merge(waiting, node)

    def waiting_at(self, node: Node, scope: str) -> dict[str, str]:
        """Return the oldest waiting token per incoming flow."""
        found: dict[str, str] = {}
        for key, token in self.tokens.items():
            if token["at"] == node.id and token["in"] == scope and "via" in token:
                found.setdefault(token["via"], key)
        return found

    def merge(self, waiting: dict[str, str], node: Node) -> None:
        """Make one token out of one of each flow and go on with it."""
        first, *others = waiting.values()
        for key in others:
            del self.tokens[key]
        self.tokens[first].pop("via", None)
        self.pass_gateway(first, node)

    def wait_join(self, token: str, node: Node) -> None:
        """Inclusive and complex joins decide when all else has come to rest."""
        if len(node.incoming) < 2:
            self.pass_gateway(token, node)

    # -- leaving ----------------------------------------------------------------------------------------------------

    def leave(self, token: str) -> None:
        """Move on along the flows that hold.

        With none that holds a gateway keeps the token, as an incident; after an activity or event the path ends there
        (BPMN 2.0, 8.3.13 knows no exception for conditional flows; `check_model` refuses such a drawing).
        """
        node = self.node_of(token)
        scope = self.tokens[token]["in"]
        try:
            flows = node.outgoing if not self.chooses(node) else self.choose(node, scope, token)
        except Refused as refusal:
            self.incident(token, refusal.code, refusal.zh, refusal.en)
            return
        if node.outgoing and not flows and node.kind in GATEWAYS:
            code, zh, en = _NO_WAY
            self.incident(token, code, zh.format(node.name or node.id), en.format(node.name or node.id))
            return
        del self.tokens[token]
        for _ in range(node.completion_quantity):
            self.agenda.extend((scope, flow, "") for flow in flows)

    @staticmethod
    def chooses(node: Node) -> bool:
        """Return whether conditions decide where a token goes."""
        if node.kind == "exclusiveGateway":
            return len(node.outgoing) > 1 or node.branching
        return node.branching and node.kind != "parallelGateway"

    def choose(self, node: Node, scope: str, token: str) -> list[Flow]:
        """Return the flows that hold, in the order of the model; the default only when no other does."""
        chosen: list[Flow] = []
        single = node.kind == "exclusiveGateway"
        conditional = False
        seen = self.visible(scope, token)
        for flow in node.outgoing:
            if flow.id == node.default:
                continue
            if flow.condition and not self.holds(flow.condition, scope, token, seen):
                continue
            conditional = conditional or bool(flow.condition)
            chosen.append(flow)
            if single:
                return chosen
        by_default = not chosen or (not conditional and node.kind != "inclusiveGateway")
        if by_default and node.default:
            chosen += [flow for flow in node.outgoing if flow.id == node.default]
        return chosen

    # -- coming to rest ---------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Move, join and close until only tokens that wait for the outside are left."""
        while True:
            self.drain()
            if self.program.has_conditions and self.fire_conditions():
                continue
            if self.program.joins and self.release_joins():
                continue
            if not self.close_scopes():
                return

    def fire_conditions(self) -> bool:
        """Fire one conditional event whose condition has become true."""
        raise NotImplementedError

    def release_joins(self) -> bool:
        """Let the first inclusive or complex join go whose missing tokens can no longer come."""
        places = {(token["in"], token["at"]) for token in self.tokens.values() if token["at"] in self.program.joins}
        for scope, node_id in sorted(places, key=lambda place: (int(place[0]), place[1])):
            node = self.nodes[node_id]
            waiting = self.waiting_at(node, scope)
            if waiting and self.release(scope, node, waiting):
                return True
        return False

    def release(self, scope: str, node: Node, waiting: dict[str, str]) -> bool:
        """Merge at a join that is ready; return whether anything moved."""
        raise NotImplementedError

    def is_complete(self, scope: str, node: Node, filled: set[str]) -> bool:
        """Return whether no token can still reach an empty incoming flow of a join (BPMN 2.0, 13.4.3).

        A token that can also reach a flow that already has one does not hold the join back.
        """
        reach = self.program.reach[node.id]
        empty = [flow for flow in reach if flow not in filled]
        for token in self.tokens.values():
            if token["in"] != scope or token["at"] == node.id:
                continue
            if any(token["at"] in reach[flow] for flow in empty) and not any(
                token["at"] in reach[flow] for flow in filled
            ):
                return False
        return True

    def close_scopes(self) -> bool:
        """Close the innermost scope without tokens; return whether one was."""
        busy = {token["in"] for token in self.tokens.values()}
        for scope in reversed(self.scopes):
            if scope not in busy and not (scope == ROOT and self.state["status"] != "active"):
                self.close(scope)
                return True
        return False


_JOINING = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
_GATEWAYS = {
    "exclusiveGateway": Moves.pass_gateway,
    "parallelGateway": Moves.join_all,
    "inclusiveGateway": Moves.wait_join,
    "complexGateway": Moves.wait_join,
}
