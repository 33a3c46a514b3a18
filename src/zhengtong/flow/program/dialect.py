"""FEEL from what other tools write: `${x == 1 && !y}`, `=x > 1`, JavaScript or Python operators, simple assignments.

Only the notation is translated; what FEEL cannot say stays as it is and is refused where it is evaluated.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|===|!==|<>|==|!=|<=|>=|&&|\|\||\+\+|--|\+=|-=|[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*'
    r"|\d+(?:\.\d+)?|\s+|.",
    re.S,
)
_WORDS = {
    "==": "=", "===": "=", "!==": "!=", "<>": "!=", "&&": " and ", "||": " or ", "eq": "=", "ne": "!=", "gt": ">", "lt": "<",
    "ge": ">=", "le": "<=", "True": "true", "False": "false", "None": "null", "undefined": "null",
}  # fmt: skip
_VARIABLE = re.compile(
    r"""(?:[\w.]*getVariable(?:Local)?|(?:\w+:)?getDataObject|(?:\w+:)?getProcessProperty|(?:\w+:)?getDataInput)"""
    r"""\(\s*["']([^"']+)["']\s*\)""",
)
_METHODS = {
    "contains": "contains({0}, {1})",
    "includes": "contains({0}, {1})",
    "startsWith": "starts with({0}, {1})",
    "endsWith": "ends with({0}, {1})",
    "equals": "{0} = {1}",
    "length": "string length({0})",
    "size": "count({0})",
    "isEmpty": "count({0}) = 0",
    "toUpperCase": "upper case({0})",
    "toLowerCase": "lower case({0})",
}
_PATH = r"[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(?:\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)*?"
_CALL = re.compile(rf"""({_PATH}|"[^"]*"|'[^']*')\.({"|".join(_METHODS)})\(([^()]*)\)""")
_MODULO = re.compile(rf"({_PATH}|\d+)\s*%\s*({_PATH}|\d+)")
_TERNARY = re.compile(r"^([^?]+)\?([^:?]+):([^:?]+)$")
_ASSIGN = re.compile(
    r"^(?:var |let |const |final |int |String |boolean |def )?\s*([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)\s*(\+=|-=|:=|=)(?!=)\s*(.+)$",
    re.S,
)
_STEP = re.compile(r"^([A-Za-z_]\w*)\s*(\+\+|--)$")
_SET = re.compile(r"""^[\w.]*setVariable(?:Local)?\(\s*["']([^"']+)["']\s*,\s*(.+)\)$""", re.S)
_HARMLESS = re.compile(r"^(?:import\b|print|console\.|log(?:ger)?\b|System\.out)")
_THROW = re.compile(r"""^throw\s.*?["']([^"']*)["'].*$""", re.S)


def to_feel(text: str | None) -> str:
    """Return an expression as FEEL, wrappers and foreign operators translated; idempotent on FEEL."""
    body = unwrapped((text or "").strip())
    body = re.sub(r"^return\b\s*(.*?);?$", r"\1", body, flags=re.S)
    body = re.sub(r"\bfn:(?=\w+\()|\blen(?=\()", lambda match: "count" if match[0] == "len" else "", body)
    body = _VARIABLE.sub(r"\1", body).replace("true()", "true").replace("false()", "false")
    if not re.search(r"[&|!=%?'\\.<]|\b(?:eq|ne|gt|lt|ge|le|True|False|None|not|undefined|empty)\b", body):
        return body
    body = _CALL.sub(_method, body)
    body = _MODULO.sub(r"modulo(\1, \2)", body)
    body = _TERNARY.sub(r"if \1 then \2 else \3", body)
    return "".join(_operators(_TOKEN.findall(body))).strip()


def unwrapped(text: str) -> str:
    """Return the text inside `${…}`, `#{…}` or after a leading `=`."""
    match = re.fullmatch(r"[$#]\{([^{}]*)\}", text, re.S)
    if match:
        return match[1].strip()
    return text[1:].strip() if text.startswith("=") and not text.startswith("==") else text


def is_expression(text: str) -> bool:
    """Return whether a text is written to be evaluated and not taken literally."""
    return text.startswith(("=", "${", "#{"))


def _method(match: re.Match[str]) -> str:
    return _METHODS[match[2]].format(match[1], match[3].strip())


def _operators(words: list[str]) -> list[str]:
    out: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if word.startswith("'") and len(word) > 1:
            word = '"' + word[1:-1].replace('"', '\\"') + '"'
        if word == "!" or (word in ("not", "empty") and not _calls(words, index)):
            end = _operand_end(words, index + 1)
            inner = "".join(_operators(words[index + 1 : end])).strip()
            out.append(f"not({inner})" if word != "empty" else f'({inner} = null or {inner} = "")')
            index = end
            continue
        out.append(_WORDS.get(word, word))
        index += 1
    return out


def _calls(words: list[str], index: int) -> bool:
    return index + 1 < len(words) and words[index + 1] == "("


def _operand_end(words: list[str], index: int) -> int:
    """Return where the operand of a prefix operator ends: a name with calls and paths, or a bracketed whole."""
    while index < len(words) and words[index].isspace():
        index += 1
    if index < len(words) and words[index] in ("!", "not", "empty"):
        return _operand_end(words, index + 1)
    depth = 0
    while index < len(words):
        word = words[index]
        if word in "([":
            depth += 1
        elif word in ")]":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0 and not (word == "." or word == "!" or re.match(r"[\w\"']", word)):
            break
        index += 1
    return index


def to_steps(text: str, result: str = "") -> tuple[tuple[str, str], ...]:
    """Return a script as (variable, FEEL) steps.

    One expression keeps the variable `result`, or the empty name, meaning that a context's entries become variables.
    Statements are assignments, `setVariable`, `x++` and `throw`; logging and comments do nothing to a case; anything else
    is kept as an expression, to be refused where it is run if FEEL cannot say it.
    """
    body = text.strip()
    if not body:
        return ()
    lines = [_uncommented(line) for line in _statements(body)]
    parsed = [step for line in lines if line and (step := _statement(line))]
    if lines and not parsed:
        return ()
    if result or not any(name for name, _ in parsed):
        return ((result, to_feel(body.rstrip(";"))),)
    return tuple(parsed)


def _statement(line: str) -> tuple[str, str] | None:
    if match := _THROW.match(line):
        return ("!throw", match[1])
    if match := _SET.match(line):
        return (match[1], to_feel(match[2]))
    if match := _STEP.match(line):
        return (match[1], f"{match[1]} {match[2][0]} 1")
    if _HARMLESS.match(line):
        return None
    if match := _ASSIGN.match(line):
        value = to_feel(match[3])
        return (match[1], value if match[2] in ("=", ":=") else f"{match[1]} {match[2][0]} ({value})")
    return ("", to_feel(line))


def _uncommented(line: str) -> str:
    return re.sub(r"^(//|#(?!\{)|/\*).*$", "", line.strip(), flags=re.S).strip()


def _statements(body: str) -> list[str]:
    """Return the statements: split at line ends and semicolons outside brackets and strings."""
    parts, depth, current = [], 0, ""
    for word in _TOKEN.findall(body):
        depth += (word in "([{") - (word in ")]}") if len(word) == 1 else 0
        if depth == 0 and (word == ";" or (word.isspace() and "\n" in word)):
            parts.append(current)
            current = ""
        else:
            current += word
    return [part.strip() for part in (*parts, current) if part.strip()]
