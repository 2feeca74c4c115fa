"""Values of any TypedDict: full of nulls, with everything, and as an older version may have stored them.

Made of the types alone, so that a field that is added later is tried by itself.
"""

from __future__ import annotations

from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from hypothesis import strategies as st

from monitor.diagnosis.document import Document

PLAIN: dict[Any, Any] = {
    int: 1, float: 1.5, str: "x", bool: True, type(None): None, Any: None,
}  # fmt: skip
STRATEGIES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(0, 2**53), bool: st.booleans(), type(None): st.none(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
}  # fmt: skip


def sparse(kind: Any) -> Any:
    """A value of `kind` with null wherever it may be, one row in each list, and nothing that may lack."""
    return _made(kind, is_full=False)


def full(kind: Any) -> Any:
    """A value of `kind` with no null, and all that may lack."""
    return _made(kind, is_full=True)


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Any evidence document."""
    found: st.SearchStrategy[dict[str, Any]] = of_kind(Document)
    return found


def of_kind(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of `kind` that JSON can hold."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        hints = get_type_hints(kind, include_extras=True)
        may_lack = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
        parts = {name: of_kind(hint) for name, hint in hints.items()}
        return st.fixed_dictionaries(
            {name: one for name, one in parts.items() if name not in may_lack},
            optional={name: parts[name] for name in may_lack},
        )
    if origin in (Annotated, NotRequired):
        return of_kind(inner[0])
    if origin in (Union, UnionType):
        return st.one_of([of_kind(one) for one in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is list:
        return st.lists(of_kind(inner[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(st.sampled_from(["busy", "user", "running"]), of_kind(inner[1]))
    return STRATEGIES[kind]


def of_an_older_version(document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """`document` without some of its fields, and with one that is no longer there; its time always was."""
    return st.sets(st.sampled_from(sorted(set(document) - {"at"}))).map(
        lambda gone: {name: value for name, value in document.items() if name not in gone} | {"former": 1}
    )


def _made(kind: Any, is_full: bool) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        hints = get_type_hints(kind, include_extras=True)
        return {
            name: _made(hint, is_full)
            for name, hint in hints.items()
            if is_full or get_origin(hint) is not NotRequired
        }
    if origin in (Annotated, NotRequired):
        return _made(inner[0], is_full)
    if origin in (Union, UnionType):
        known = [one for one in inner if one is not type(None)]
        return None if not is_full and len(known) < len(inner) else _made(known[0], is_full)
    if origin is Literal:
        return inner[0]
    if origin is list:
        return [_made(inner[0], is_full)]
    if origin is dict:
        return {"busy": _made(inner[1], is_full)}
    return PLAIN[kind]
