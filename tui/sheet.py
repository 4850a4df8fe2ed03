"""The style sheet of an app, parsed once for all apps of the process.

Textual 8.2 parses every widget's and every screen's rules for each app, and all of them anew whenever a screen brings
rules of its own or the look changes: 40 to 70 ms on the loop that everybody shares. Rules are not changed once they are
parsed, so that apps may share them. `tests/tui/test_sheet.py` holds what is overridden.
"""

from __future__ import annotations

import os.path
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from textual.css.stylesheet import CssSource, Stylesheet
from textual.css.tokenize import tokenize_values
from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.css.tokenizer import Token
    from textual.css.types import CSSLocation

_Source = tuple[str, "CSSLocation", bool, int, str]


@dataclass(slots=True)
class _Parsed:
    """What was parsed with one set of variables."""

    rules: dict[_Source, list[RuleSet]] = field(default_factory=dict)
    values: dict[str, list[Token]] | None = None


@cache
def written(path: str) -> str:
    """The rules in a file, read once."""
    return Path(path).read_text(encoding="utf-8")


class SharedSheet(Stylesheet):
    """A style sheet that parses what no other has parsed with the same variables."""

    _all: ClassVar[defaultdict[frozenset[tuple[str, str]], _Parsed]] = defaultdict(_Parsed)
    """By variables, of which each look has one set: only the program's own rules are parsed, so it is bounded."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parsed = self._all[frozenset(self._variables.items())]
        self._stand_ins: WeakKeyDictionary[DOMNode, dict[str, DOMNode]] = WeakKeyDictionary()
        """Of each widget, nodes that are on no screen, only there to have the styles of its parts."""

    def stand_ins(self) -> Iterator[DOMNode]:
        """Nodes that are on no screen, only there to have the styles of a part of a widget."""
        for held in self._stand_ins.values():
            yield from held.values()

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take another look's variables."""
        super().set_variables(variables)
        self._parsed = self._all[frozenset(variables.items())]

    @property
    def _variable_tokens(self) -> dict[str, list[Token]]:
        if self._parsed.values is None:
            self._parsed.values = tokenize_values(self._variables)
        return self._parsed.values

    def read(self, filename: str | PurePath) -> None:
        """Take a file's rules. It is read once: everybody waits while a file is read."""
        path = os.path.normpath(Path(filename).absolute())
        self.source[(path, "")] = CssSource(written(path), is_defaults=False)
        self._require_parse = True

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        source = (css, read_from, is_default_rules, tie_breaker, scope)
        if (rules := self._parsed.rules.get(source)) is None:
            rules = self._parsed.rules[source] = super()._parse_rules(*source)
        return rules

    def _process_component_classes(self, node: DOMNode) -> None:
        """Style the parts of a widget by stand-ins that stay; Textual makes new ones each time, for the collector."""
        styled = node._component_styles  # noqa: SLF001 - where Textual looks for them
        changed = False
        for part in sorted(node._get_component_classes()):  # noqa: SLF001
            held = self._stand_ins.setdefault(node, {})
            if (stand_in := held.get(part)) is None:
                stand_in = held[part] = DOMNode(classes=part)
                stand_in._attach(node)  # noqa: SLF001
            before = stand_in.styles.base.get_rules() if part in styled else None
            self.apply(stand_in, animate=False)
            styled[part] = stand_in.styles
            changed = changed or before != stand_in.styles.base.get_rules()
        if changed:
            node.refresh()

    def reparse(self) -> None:
        """Gather the rules anew; those at hand stay where one of them is wrong."""
        self.parse()
