"""Parses metric math with Python's parser, as far as the embedded AWS plays it."""

import ast
import keyword
import re
from functools import lru_cache

_TOKENS = re.compile(r""""[^"]*"|'[^']*'|\^|&&|\|\||\b[A-Za-z_]\w*""")
_WORDS = {"^": "**", "&&": " and ", "||": " or ", "AND": "and", "OR": "or"}

_UNDERSTOOD = (
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub,
    ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
    ast.BoolOp, ast.And, ast.Or, ast.Call, ast.List, ast.Name, ast.Load, ast.Constant,
)  # fmt: skip


@lru_cache(maxsize=4096)
def parse(expression: str) -> ast.expr:
    """The expression tree; ValueError for what is no expression or is not played."""
    if expression.lstrip().startswith(("SEARCH(", "SELECT ")):
        raise ValueError(f"not supported here: {expression!r}")
    try:
        tree = ast.parse(_TOKENS.sub(_python, expression).strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"not an expression: {expression!r}") from None
    if not all(_understood(node) for node in ast.walk(tree)):
        raise ValueError(f"not supported here: {expression!r}")
    return tree


@lru_cache(maxsize=4096)
def names(expression: str) -> frozenset[str]:
    """The ids in an expression: they begin with a small letter, functions do not."""
    ids = (node.id for node in ast.walk(parse(expression)) if isinstance(node, ast.Name))
    return frozenset(plain(id_) for id_ in ids if not id_[0].isupper())


@lru_cache(maxsize=4096)
def functions(expression: str) -> frozenset[str]:
    calls = (node.func for node in ast.walk(parse(expression)) if isinstance(node, ast.Call))
    return frozenset(call.id for call in calls if isinstance(call, ast.Name))


def plain(name: str) -> str:
    """An id as CloudWatch spells it."""
    return name.removesuffix("__id")


def _python(token: re.Match[str]) -> str:
    word = token[0]
    if word in _WORDS:
        return _WORDS[word]
    return f"{word}__id" if keyword.iskeyword(word) else word  # `in` is an id like any other


def _understood(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) in (int, float, str)
        case ast.Compare(ops=ops):
            return len(ops) == 1
        case ast.Call(func=func, keywords=keywords):
            return isinstance(func, ast.Name) and func.id.isupper() and not keywords
    return isinstance(node, _UNDERSTOOD)
