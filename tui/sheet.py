"""The style sheet of an app, parsed once for all apps of the process.

Textual 8.2 parses every widget's and every screen's rules for each app, and all of them anew whenever a screen brings
rules of its own or the look changes: 40 to 70 ms on the loop that everybody shares. Rules are not changed once they are
parsed, so that apps may share them. `tests/tui/test_sheet.py` holds what is overridden.
"""

from __future__ import annotations

import os.path
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakSet

from textual.css.stylesheet import CssSource, Stylesheet
from textual.css.tokenize import tokenize_values

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.css.tokenizer import Token
    from textual.css.types import CSSLocation
    from textual.dom import DOMNode

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
        self.stand_ins: WeakSet[DOMNode] = WeakSet()
        """Textual's nodes that are on no screen, only there to have the styles of a part of a widget."""

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
        super()._process_component_classes(node)
        parts = node._component_styles.values()  # noqa: SLF001 - where Textual has just put them
        self.stand_ins.update(styles.node for styles in parts if styles.node is not None)

    def reparse(self) -> None:
        """Gather the rules anew; those at hand stay where one of them is wrong."""
        self.parse()
