"""Styles that are found once, and a focus that repaints what it leaves and where it goes and no more.

Textual (8.2.8) reads every sheet again when a screen is shown for the first time. Whenever the focus goes from one field of a
form to the next, it looks through all rules for every widget of the form and each of its component classes, and paints the
whole screen.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from textual.cache import LRUCache
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.reactive import Reactive
from textual.widget import Widget

SHEETS: Final = 512
"""How many sheets stay parsed, more than there are."""
STATES: Final = 20_000
"""For how many states of widgets the rules are remembered."""
OF_APP: Final = frozenset(("dark", "light", "inline", "ansi", "nocolor"))
"""The pseudo-classes that every widget has from its app."""

Key: TypeAlias = tuple[Hashable, ...]
Flags: TypeAlias = tuple[bool, bool, bool, bool]
_SIGNS: Final = {SelectorType.ID: "#{}", SelectorType.CLASS: ".{}", SelectorType.UNIVERSAL: "*", SelectorType.NESTED: "*"}


@dataclass(eq=False)
class Known:
    """What follows from one list of rules, by what a widget and those around it are and the state that they are in."""

    rules: list[RuleSet]
    pseudo_of: dict[str, frozenset[str]] = field(init=False)
    """By what a selector may name, the pseudo-classes that it names with it."""
    pseudo: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    found: dict[Key, tuple[RulesMap | None, Flags]] = field(default_factory=dict)
    components: dict[Key, dict[str, RulesMap]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pseudo: defaultdict[str, set[str]] = defaultdict(set)
        for rule in self.rules:
            for each in rule.selector_set:
                for one in each.selectors:
                    pseudo[_SIGNS.get(one.type, "{}").format(one.name)] |= one.pseudo_classes
        self.pseudo_of = {name: frozenset(found) for name, found in pseudo.items()}


class QuietFocus:
    """A screen that is not painted as a whole when the focus goes elsewhere: a widget whose looks change paints itself."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class RememberingStylesheet(Stylesheet):
    """Finds what Textual's own style sheet finds, and does not look for it twice."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SHEETS)
        self._known_of: list[RuleSet] = []
        self._known = Known([])
        self._replaced: dict[DOMNode, RulesMap] = {}
        self._places: dict[DOMNode, Key] | None = None

    def reparse(self) -> None:
        """Take the sheets that have come, parsing none twice for the same variables."""
        self.parse()

    def known_of(self, rules: list[RuleSet]) -> Known:
        """Return what follows from a list of rules."""
        return Known(rules)

    def apply(self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None) -> None:
        """Give a node its styles, unless it has them; `cache` is not needed."""
        rules = self.rules
        if self._known_of is not rules:
            self._known, self._known_of = self.known_of(rules), rules
        known = self._known
        key = self._key(known, node)
        if node.__dict__.get("_styled") == (known, key):
            if not animate:
                node.notify_style_update()
            return
        if (found := known.found.get(key)) is None:
            super().apply(node, animate=animate)
            if len(known.found) > STATES:
                known.found.clear()
                known.components.clear()
            flags = (node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even)
            known.found[key] = self._replaced.pop(node, None), flags
            known.components[key] = {name: dict(one._base_styles._rules) for name, one in node._component_styles.items()}  # type: ignore[misc]
        else:
            rules_of_node, flags = found
            node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even = flags
            if rules_of_node is not None:
                # Without a transition nothing can move, and to find that out Textual compares every rule.
                super().replace_rules(node, rules_of_node, animate=animate and "transitions" in rules_of_node)
            self._give_components(node, known.components[key])
        node.__dict__["_styled"] = (known, key)

    def replace_rules(self, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:  # type: ignore[override]
        """Give a node its rules and remember them."""
        self._replaced[node] = rules
        super().replace_rules(node, rules, animate=animate)

    def update_nodes(self, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        """Give nodes their styles; what is around them is looked at once."""
        self._places = {}
        try:
            super().update_nodes(nodes, animate=animate)
        finally:
            self._places = None

    def _key(self, known: Known, node: DOMNode) -> Key:
        """Return all that a node's styles depend on: what it is and its state, and that of each node around it."""
        if self._places is not None and (key := self._places.get(node)) is not None:
            return key
        id = node._id if f"#{node._id}" in known.pseudo_of else None
        names = (type(node), id, frozenset(node._classes))
        if (pseudo := known.pseudo.get(names)) is None:
            every = [known.pseudo_of[name] for name in node._selector_names if name in known.pseudo_of]
            wanted = frozenset().union(*every) - OF_APP if isinstance(node._parent, DOMNode) else OF_APP.union(*every)
            pseudo = known.pseudo[names] = tuple(wanted & node._PSEUDO_CLASSES.keys())
        checks: dict[str, Any] = node._PSEUDO_CLASSES
        state = tuple([bool(checks[name](node)) for name in pseudo]) if pseudo else ()
        around = node._parent
        key = (*names, state, self._key(known, around) if isinstance(around, DOMNode) else None)
        if self._places is not None:
            self._places[node] = key
        return key

    def _give_components(self, node: DOMNode, wanted: dict[str, RulesMap]) -> None:
        """Give a node the styles of its component classes; those that it has already stay."""
        has = node._component_styles
        changed = False
        for name, rules in wanted.items():
            old = has.get(name)
            if old is not None and old._base_styles._rules == rules:
                continue
            changed = True
            part = DOMNode(classes=name)
            part._attach(node)
            part._css_styles._rules.update(rules)
            has[name] = part.styles
        if changed:
            node.refresh()
