"""The parser of FEEL（句法）: precedence climbing over the DMN 1.5 grammar, without backtracking, bounded in depth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from zhengtong.kit import Refused
from zhengtong.rules.syntax import tree
from zhengtong.rules.syntax.errors import syntax_error
from zhengtong.rules.syntax.lexer import KEYWORDS, Lexer, NameTable, Token, skip_space
from zhengtong.rules.values.numbers import number_from_text
from zhengtong.rules.values.properties import PROPERTY_NAMES
from zhengtong.rules.values.temporal_text import temporal_from_text

MAX_DEPTH = 60
MAX_CHAIN = 400
MAX_COMPARISONS = 40
MAX_LENGTH = 100_000
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_LEVELS = {"or": 1, "and": 2, "between": 3, "in": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_LEVELS.update(dict.fromkeys(_COMPARISONS, 3))
_COMPARING, _ADDITIVE = 3, 4
_CONSTANTS = {"true": True, "false": False, "null": None}
_PROPERTIES = NameTable(PROPERTY_NAMES)
_TYPE_NAMES = NameTable(("days and time duration", "years and months duration", "date and time", "day time duration"))
_AFTER_RANGE = re.compile(r"\s*(?:$|[,)\]}=<>!]|(?:and|or|then|else|return|satisfies|in|between|instance)\b|//|/\*)")
_NAMED_ARGUMENT = re.compile(r"[^\W\d][\w]*(?:[ \t\r\n]+\w+|'\w*)*\s*(?=:)")


def _longest(found: list[tuple[str, int] | None]) -> tuple[str, int] | None:
    matches = [match for match in found if match is not None]
    return max(matches, key=lambda match: match[1]) if matches else None


class Parser:
    """Turns one text into a tree.

    `tables` hold the names in scope that have spaces or operators in them, `members` those of context entries.
    """

    def __init__(self, text: str, tables: Iterable[NameTable] = (), members: Iterable[NameTable] = ()) -> None:
        self.lexer = Lexer(text)
        self.text = text
        self._scopes = list(tables)
        self._members = [NameTable(), *members, _PROPERTIES]
        self._depth = 0
        self._in_filter = 0
        self._at_range_end = False
        if len(text) > MAX_LENGTH:
            raise self._error_at(
                MAX_LENGTH, f"at most {MAX_LENGTH} characters", "请把规则拆成几条。", "Split the rule into several."
            )

    # -- entries ---------------------------------------------------------------------------------------------------

    def whole_expression(self) -> tree.Node:
        """Return the tree of the whole text, refusing anything behind the expression."""
        node = self.expression()
        self._expect_end()
        return node

    def whole_unary_tests(self) -> tree.UnaryTests:
        """Return the tree of a decision-table cell."""
        token = self.lexer.peek()
        if token.kind == "symbol" and token.text == "-" and skip_space(self.text, token.end) == len(self.text):
            return tree.UnaryTests((0, len(self.text)), ())
        if token.text == "not" and token.kind == "name":
            negated = self._negated_tests()
            if negated is not None:
                return negated
        tests = self._tests()
        self._expect_end()
        return tree.UnaryTests((0, len(self.text)), tests)

    def whole_type(self) -> tree.TypeNode:
        node = self._type()
        self._expect_end()
        return node

    def _negated_tests(self) -> tree.UnaryTests | None:
        start = self.lexer.take()
        if not self._accept("("):
            self.lexer.move_to(start.start)
            return None
        tests = self._tests()
        self._expect(")")
        if self.lexer.peek().kind != "end":
            self.lexer.move_to(start.start)
            return None
        return tree.UnaryTests((0, len(self.text)), tests, negated=True)

    def _tests(self) -> tuple[tree.Node, ...]:
        tests = [self._test()]
        while self._accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> tree.Node:
        token = self.lexer.peek()
        if token.kind == "symbol" and token.text in _COMPARISONS:
            self.lexer.take()
            operand = self.expression(_ADDITIVE)
            return tree.Comparison((token.start, self.lexer.at), token.text, operand)
        return self.expression()

    # -- expressions by precedence ---------------------------------------------------------------------------------

    def expression(self, lowest: int = 0) -> tree.Node:
        """Return the expression that starts here and binds tighter than `lowest`."""
        self._enter()
        start = self.lexer.peek().start
        left = self._unary()
        links = comparisons = 0
        while True:
            token = self.lexer.peek()
            level = _LEVELS.get(token.text, 0) if token.kind in ("symbol", "name") else 0
            if not level or level < lowest:
                break
            links, comparisons = links + 1, comparisons + (level == _COMPARING)
            if links > MAX_CHAIN:
                raise self._error(f"at most {MAX_CHAIN} operators", "请用列表函数或拆开。", "Use a list, or split it.")
            if comparisons > MAX_COMPARISONS:
                raise self._error(f"at most {MAX_COMPARISONS} comparisons", "请用 and 连接。", "Join them by `and`.")
            left = self._joined(start, left, token, level)
        self._depth -= 1
        return left

    def _joined(self, start: int, left: tree.Node, token: Token, level: int) -> tree.Node:
        self.lexer.take()
        if token.text in ("and", "or"):
            return self._logic(start, left, token.text, level)
        if token.text == "between":
            low = self.expression(_ADDITIVE)
            self._expect_word("and")
            high = self.expression(_ADDITIVE)
            return tree.Between((start, self.lexer.at), left, low, high)
        if token.text == "in":
            tests = self._in_tests()
            return tree.In((start, self.lexer.at), left, tests)
        right = self.expression(level + 1)
        return tree.Binary((start, self.lexer.at), token.text, left, right)

    def _logic(self, start: int, left: tree.Node, word: str, level: int) -> tree.Node:
        operands = [left, self.expression(level + 1)]
        while self._accept_word(word):
            operands.append(self.expression(level + 1))
        return tree.Logic((start, self.lexer.at), word, tuple(operands))

    def _in_tests(self) -> tuple[tree.Node, ...]:
        token = self.lexer.peek()
        if token.kind == "symbol" and token.text in _COMPARISONS:
            return (self._test(),)
        if token.kind == "symbol" and token.text == "(":
            start = self.lexer.take().start
            first = self._test()
            if self.lexer.peek().text == ",":
                tests = [first]
                while self._accept(","):
                    tests.append(self._test())
                self._expect(")")
                return tuple(tests)
            return (self._postfix(start, self._closed_parenthesis(start, first)),)
        return (self.expression(_ADDITIVE),)

    def _unary(self) -> tree.Node:
        token = self.lexer.peek()
        if token.kind == "symbol" and token.text == "-":
            self.lexer.take()
            self._enter()
            operand = self._unary()
            self._depth -= 1
            return tree.Negative((token.start, self.lexer.at), operand)
        return self._postfix(token.start, self._primary())

    def _postfix(self, start: int, node: tree.Node) -> tree.Node:
        links = 0
        while True:
            token = self.lexer.peek()
            links += 1
            if links > MAX_CHAIN:
                raise self._error(f"at most {MAX_CHAIN} steps in a path", "请拆开。", "Split the path.")
            if token.kind == "symbol" and token.text == ".":
                self.lexer.take()
                node = tree.Member((start, self.lexer.at), node, self._member_name())
            elif token.kind == "symbol" and token.text == "[" and not self._closes_range(token):
                node = self._filter(start, node)
            elif token.kind == "symbol" and token.text == "(":
                node = self._call(start, node)
            elif token.kind == "name" and token.text == "instance":
                self.lexer.take()
                self._expect_word("of")
                kind = self._type()
                node = tree.InstanceOf((start, self.lexer.at), node, kind)
            else:
                return node

    def _closes_range(self, token: Token) -> bool:
        """Return whether a `[` is the open end of `a..b[`: nothing that could be a filter stands behind it."""
        return self._at_range_end and bool(_AFTER_RANGE.match(self.text, token.end))

    def _filter(self, start: int, source: tree.Node) -> tree.Node:
        self.lexer.take()
        self._in_filter += 1
        with self._scope(["item"]):
            condition = self.expression()
        self._in_filter -= 1
        self._expect("]")
        return tree.Filter((start, self.lexer.at), source, condition)

    def _call(self, start: int, function: tree.Node) -> tree.Node:
        self.lexer.take()
        if self._accept(")"):
            return tree.Call((start, self.lexer.at), function, ())
        named = self._named_argument()
        if named is not None:
            arguments = [named]
            while self._accept(","):
                following = self._named_argument()
                if following is None:
                    raise self._error("`name: value`", "要么全部写参数名，要么都不写。", "Name all arguments or none.")
                arguments.append(following)
            self._expect(")")
            return tree.NamedCall((start, self.lexer.at), function, tuple(arguments))
        values = [self.expression()]
        while self._accept(","):
            values.append(self.expression())
        self._expect(")")
        return tree.Call((start, self.lexer.at), function, tuple(values))

    def _named_argument(self) -> tuple[str, tree.Node] | None:
        at = skip_space(self.text, self.lexer.at)
        found = _NAMED_ARGUMENT.match(self.text, at)
        if not found:
            return None
        self.lexer.move_to(found.end())
        self._expect(":")
        return " ".join(found[0].split()), self.expression()

    # -- primaries -------------------------------------------------------------------------------------------------

    def _primary(self) -> tree.Node:
        token = self.lexer.peek()
        if token.kind == "name":
            return self._word(token)
        self.lexer.take()
        if token.kind == "number":
            return tree.Literal((token.start, token.end), number_from_text(token.text))
        if token.kind == "string":
            return tree.Literal((token.start, token.end), token.text)
        if token.text == "(":
            return self._parenthesis(token.start)
        if token.text in ("[", "]"):
            return self._bracket(token)
        if token.text == "{":
            return self._context(token.start)
        if token.text == "@":
            return self._at_literal(token.start)
        self.lexer.move_to(token.start)
        raise self._error(
            "a value, a name, `(`, `[` or `{`", "请在此处写一个值或名称。", "Write a value or a name here."
        )

    def _word(self, token: Token) -> tree.Node:
        known = self._known_name(token.start)
        if known is not None:
            self.lexer.move_to(known[1])
            return tree.Name((token.start, known[1]), known[0])
        word = token.text
        if word in _CONSTANTS:
            self.lexer.take()
            return tree.Literal((token.start, token.end), _CONSTANTS[word])
        if word == "if":
            return self._if(token.start)
        if word == "for":
            return self._for(token.start)
        if word in ("some", "every"):
            return self._quantified(token.start, word == "every")
        if word == "function":
            return self._function(token.start)
        if word in KEYWORDS:
            raise self._error("a value or a name", f"“{word}”是保留字。", f"`{word}` is a reserved word.")
        name, end = self._unknown_name(token)
        return tree.Name((token.start, end), name)

    def _known_name(self, at: int) -> tuple[str, int] | None:
        found = [table.longest(self.text, at) for table in self._scopes]
        if self._in_filter:
            found.append(self._known_member(at))
        return _longest(found)

    def _known_member(self, at: int) -> tuple[str, int] | None:
        return _longest([table.longest(self.text, at) for table in self._members])

    def _unknown_name(self, token: Token) -> tuple[str, int]:
        """Return a name nobody declared: the word, with the words that follow it, since no operator stands between."""
        self.lexer.take()
        words, end = [token.text], token.end
        while True:
            following = self.lexer.peek()
            if following.kind != "name" or following.text in KEYWORDS:
                return " ".join(words), end
            self.lexer.take()
            words.append(following.text)
            end = following.end

    def _member_name(self) -> str:
        at = skip_space(self.text, self.lexer.at)
        known = self._known_member(at)
        if known is not None:
            self.lexer.move_to(known[1])
            return known[0]
        token = self.lexer.peek()
        if token.kind != "name":
            raise self._error("a name after the dot", "点号后面要写名称。", "Write a name after the dot.")
        if token.text in KEYWORDS:
            self.lexer.take()
            return token.text
        return self._unknown_name(token)[0]

    def _parenthesis(self, start: int) -> tree.Node:
        return self._closed_parenthesis(start, self._test())

    def _closed_parenthesis(self, start: int, first: tree.Node) -> tree.Node:
        """Return what an opened `(` with its first expression is: `(x)`, `(< x)`, or the range `(x..y]`."""
        if not isinstance(first, tree.Comparison) and self._accept(".."):
            return self._range_end(start, first, low_closed=False)
        self._expect(")")
        return first

    def _bracket(self, token: Token) -> tree.Node:
        if token.text == "[" and self._accept("]"):
            return tree.ListNode((token.start, self.lexer.at), ())
        first = self.expression() if token.text == "]" else self._test()
        if not isinstance(first, tree.Comparison) and self._accept(".."):
            return self._range_end(token.start, first, low_closed=token.text == "[")
        if token.text == "]":
            raise self._error("`..`", "“]”开头的是区间，如 ]1..5]。", "A `]` opens a range such as `]1..5]`.")
        items = [first]
        while self._accept(","):
            items.append(self._test())
        self._expect("]")
        return tree.ListNode((token.start, self.lexer.at), tuple(items))

    def _range_end(self, start: int, low: tree.Node, *, low_closed: bool) -> tree.Node:
        self._at_range_end = True
        high = self.expression(_ADDITIVE)
        self._at_range_end = False
        token = self.lexer.take()
        if token.text not in ("]", ")", "[") or token.kind != "symbol":
            self.lexer.move_to(token.start)
            raise self._error("`]`, `)` or `[`", "区间要以 ]、) 或 [ 结束。", "Close the range with `]`, `)` or `[`.")
        return tree.RangeNode((start, self.lexer.at), low, high, low_closed, token.text == "]")

    def _context(self, start: int) -> tree.Node:
        entries: list[tuple[str, tree.Node]] = []
        with self._scope([]) as scope:
            while not self._accept("}"):
                if entries:
                    self._expect(",")
                key = self._context_key()
                self._expect(":")
                entries.append((key, self.expression()))
                scope.add(key)
                self._members[0].add(key)
        return tree.ContextNode((start, self.lexer.at), tuple(entries))

    def _context_key(self) -> str:
        token = self.lexer.peek()
        if token.kind == "string":
            self.lexer.take()
            return token.text
        end = self.text.find(":", token.start)
        name = " ".join(self.text[token.start : end].split()) if end > 0 else ""
        if token.kind != "name" or not name or any(mark in name for mark in '{}[](),"'):
            raise self._error("`key: value`", "上下文要写成 {名称: 值}。", "Write a context as {name: value}.")
        self.lexer.move_to(end)
        return name

    def _at_literal(self, start: int) -> tree.Node:
        token = self.lexer.take()
        if token.kind != "string":
            self.lexer.move_to(token.start)
            raise self._error("a quoted date, time or duration", '请写成 @"2026-01-31"。', 'Write @"2026-01-31".')
        return tree.Literal((start, token.end), temporal_from_text(token.text))

    # -- words that open an expression -----------------------------------------------------------------------------

    def _if(self, start: int) -> tree.Node:
        self.lexer.take()
        condition = self.expression()
        self._expect_word("then")
        then = self.expression()
        self._expect_word("else")
        otherwise = self.expression()
        return tree.If((start, self.lexer.at), condition, then, otherwise)

    def _for(self, start: int) -> tree.Node:
        self.lexer.take()
        with self._scope(["partial"]) as scope:
            iterators = self._iterators(scope)
            self._expect_word("return")
            body = self.expression()
            return tree.For((start, self.lexer.at), iterators, body)

    def _quantified(self, start: int, every: bool) -> tree.Node:
        self.lexer.take()
        with self._scope([]) as scope:
            iterators = self._iterators(scope)
            self._expect_word("satisfies")
            condition = self.expression()
            return tree.Quantified((start, self.lexer.at), every, iterators, condition)

    def _iterators(self, scope: NameTable) -> tuple[tree.Iterator, ...]:
        found: list[tree.Iterator] = []
        while not found or self._accept(","):
            start = self.lexer.peek()
            if start.kind != "name":
                raise self._error("a name for each item", "请写循环变量名。", "Name the iteration variable.")
            name = self._unknown_name(start)[0]
            self._expect_word("in")
            source = self.expression()
            end = self.expression(_ADDITIVE) if self._accept("..") else None
            found.append(tree.Iterator((start.start, self.lexer.at), name, source, end))
            scope.add(name)
        return tuple(found)

    def _function(self, start: int) -> tree.Node:
        self.lexer.take()
        self._expect("(")
        parameters: list[tuple[str, tree.TypeNode | None]] = []
        while not self._accept(")"):
            if parameters:
                self._expect(",")
            token = self.lexer.peek()
            if token.kind != "name":
                raise self._error("a parameter name or `)`", "请写参数名。", "Name the parameter.")
            name = self._unknown_name(token)[0]
            parameters.append((name, self._type() if self._accept(":") else None))
        external = self._accept_word("external")
        with self._scope([name for name, _ in parameters]):
            body = self.expression()
        return tree.FunctionNode((start, self.lexer.at), tuple(parameters), body, external)

    # -- types -----------------------------------------------------------------------------------------------------

    def _type(self) -> tree.TypeNode:
        self._enter()
        token = self.lexer.peek()
        if token.kind != "name":
            raise self._error("a type", "请写类型名，如 number。", "Write a type such as `number`.")
        known = _longest([_TYPE_NAMES.longest(self.text, token.start), self._known_name(token.start)])
        if known is not None:
            self.lexer.move_to(known[1])
            node = tree.TypeNode((token.start, known[1]), known[0])
        elif token.text in ("list", "range", "context", "function") and self._angle_follows(token):
            node = self._parametric(token)
        else:
            self.lexer.take()
            if token.text == "function":
                node = tree.TypeNode((token.start, token.end), "function")
            else:
                node = self._plain_type(token)
        self._depth -= 1
        return node

    def _plain_type(self, token: Token) -> tree.TypeNode:
        self.lexer.move_to(token.start)
        name, end = self._unknown_name(token)
        while self._accept("."):
            name += "." + self._member_name()
            end = self.lexer.at
        return tree.TypeNode((token.start, end), name)

    def _angle_follows(self, token: Token) -> bool:
        at = skip_space(self.text, token.end)
        return self.text[at : at + 1] == "<"

    def _parametric(self, token: Token) -> tree.TypeNode:
        self.lexer.take()
        self._expect("<")
        arguments: list[tree.TypeNode] = []
        fields: list[tuple[str, tree.TypeNode]] = []
        while not self._accept(">"):
            if arguments or fields:
                self._expect(",")
            if token.text == "context":
                key = self._context_key()
                self._expect(":")
                fields.append((key, self._type()))
            else:
                arguments.append(self._type())
        result = self._type() if token.text == "function" and self._accept("->") else None
        span = (token.start, self.lexer.at)
        return tree.TypeNode(span, token.text, tuple(arguments), tuple(fields), result)

    # -- plumbing --------------------------------------------------------------------------------------------------

    @contextmanager
    def _scope(self, names: list[str]) -> Iterator[NameTable]:
        table = NameTable(names)
        self._scopes.append(table)
        yield table
        self._scopes.pop()

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(
                f"at most {MAX_DEPTH} levels of nesting", "请把规则拆开。", "Split the expression into named parts."
            )

    def _accept(self, symbol: str) -> bool:
        token = self.lexer.peek()
        if token.kind == "symbol" and token.text == symbol:
            self.lexer.take()
            return True
        return False

    def _accept_word(self, word: str) -> bool:
        token = self.lexer.peek()
        if token.kind == "name" and token.text == word:
            self.lexer.take()
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._accept(symbol):
            raise self._error(f"`{symbol}`", f"请补上“{symbol}”。", f"Add `{symbol}` here.")

    def _expect_word(self, word: str) -> None:
        if not self._accept_word(word):
            raise self._error(f"`{word}`", f"请补上“{word}”。", f"Add `{word}` here.")

    def _expect_end(self) -> None:
        if self.lexer.peek().kind != "end":
            raise self._error(
                "an operator or the end",
                "请在两个值之间写运算符，或删去多余部分。",
                "Put an operator between the two values, or remove the rest.",
            )

    def _error(self, expected: str, remedy_zh: str, remedy_en: str) -> Refused:
        return self._error_at(self.lexer.peek().start, expected, remedy_zh, remedy_en)

    def _error_at(self, at: int, expected: str, remedy_zh: str, remedy_en: str) -> Refused:
        return syntax_error(self.text, at, expected, remedy_zh, remedy_en)
