"""Textual's stylesheet with its answers, found sooner: styles are looked up at every focus and every class that changes.

Textual 8.2.8 asks every rule of the sheet about every node, parses all sources again when a screen brings one of its own,
and sets each style anew also where it is the same. A test compares what both give for every node of every screen.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from textual.cache import LRUCache
from textual.css.match import _check_selectors
from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import _DEFAULT_STYLES, Stylesheet
from textual.css.types import CSSLocation, Specificity3
from textual.dom import DOMNode

_ORDER: Final = frozenset({"first-of-type", "last-of-type", "first-child", "last-child", "empty"})
_PARITY: Final = frozenset({"odd", "even"})

# Parsed sources of this process; the same text with the same variables gives the same rules, and nothing changes a rule.
_PARSED: Final[LRUCache[tuple[object, ...], list[RuleSet]]] = LRUCache(1024)
# Which rules concern which kinds of node, for each set of sources that has been in force.
_KNOWN: Final[LRUCache[object, "dict[tuple[object, ...], _Relevant]"]] = LRUCache(64)


@dataclass(frozen=True, slots=True)
class _Relevant:
    """The rules whose last selector can name a node, the latest first, and what their pseudo classes hang on."""

    rules: tuple[RuleSet, ...]
    hover: bool
    focus_within: bool
    order: bool
    parity: bool

    @property
    def shared(self) -> bool:
        """Whether siblings that look alike have the same styles."""
        return not (self.order or self.parity or self.focus_within)


class _Bearer(DOMNode):
    """A node that is in no tree and bears the styles of one component class, with what the rules said of it."""

    told: RulesMap


class QuickStylesheet(Stylesheet):
    """A stylesheet that remembers which rules can concern a kind of node."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._relevant: dict[tuple[object, ...], _Relevant] = {}
        self._relevant_to: object = None
        self._variables_seen: object = None
        self._variables_key = frozenset[tuple[str, str]]()
        self._probe = DOMNode()

    @property
    def _variables_known(self) -> frozenset[tuple[str, str]]:
        if self._variables_seen is not self._variables:
            self._variables_seen = self._variables
            self._variables_key = frozenset(self._variables.items())
        return self._variables_key

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (self._variables_known, css, read_from, is_default_rules, tie_breaker, scope)
        found = _PARSED.get(key)
        if found is None:
            found = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
            if not any(rule.errors for rule in found):
                _PARSED[key] = found
        return found

    def reparse(self) -> None:
        """Take the sources and the variables as they are now; after an error the rules are those of before."""
        self._invalid_css = set()
        self.parse()

    def apply(self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None) -> None:
        """Give a node, and its component classes, the styles that the rules say."""
        relevant = self._relevant_rules(node)
        node._has_hover_style = relevant.hover
        node._has_focus_within = relevant.focus_within
        node._has_order_style = relevant.order
        node._has_odd_or_even = relevant.parity
        key: tuple[Any, ...] | None = None
        if cache is not None and relevant.shared:
            id = node._id if node._id is not None and f"#{node._id}" in self.rules_map else None
            key = (node._parent, id, node.classes, node._pseudo_classes_cache_key, node._css_type_name)
        rules = None if key is None or cache is None else cache.get(key)
        if rules is None:
            rules = _cascade(relevant.rules, node.css_path_nodes)
            if rules and key is not None and cache is not None:
                cache[key] = rules
        if rules:
            self.replace_rules(node, rules, animate=animate)
        self._process_component_classes(node)

    def _relevant_rules(self, node: DOMNode) -> _Relevant:
        rules_map = self.rules_map
        if rules_map is not self._relevant_to:
            self._relevant_to = rules_map
            sources = (self._variables_known, *self.source.items())
            self._relevant = _KNOWN[sources] = _KNOWN.get(sources) or {}
        key = (type(node), node.classes, node._id)
        found = self._relevant.get(key)
        if found is None:
            named = {rule for name in rules_map.keys() & node._selector_names for rule in rules_map[name]}
            rules = tuple(rule for rule in reversed(self.rules) if rule in named)
            pseudo = frozenset[str]().union(*(rule.pseudo_classes for rule in rules))
            found = _Relevant(rules, "hover" in pseudo, "focus-within" in pseudo, bool(pseudo & _ORDER), bool(pseudo & _PARITY))
            self._relevant[key] = found
        return found

    def _process_component_classes(self, node: DOMNode) -> None:
        components = node._get_component_classes()
        if not components:
            return
        path = [*node.css_path_nodes, self._probe]
        refresh = False
        former = node._component_styles.copy()
        node._component_styles.clear()
        probe = self._probe
        probe._parent = node
        for component in sorted(components):
            probe._classes = {component}
            rules = _cascade(self._relevant_rules(probe).rules, path)
            styles = former.get(component)
            if styles is None or not isinstance(styles.node, _Bearer) or styles.node.told != rules:
                bearer = _Bearer(classes=component)
                bearer._attach(node)
                bearer.told = rules
                self.replace_rules(bearer, rules)
                refresh = refresh or styles != bearer.styles
                styles = bearer.styles
            node._component_styles[component] = styles
        probe._parent = None
        if refresh:
            node.refresh()

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        """Replace a node's styles, if they are others than before."""
        if node.styles.base._rules == rules:
            if not animate:
                node.notify_style_update()
            return
        super().replace_rules(node, rules, animate=animate)


def _matches(rule: RuleSet, path: list[DOMNode]) -> Iterable[Specificity3]:
    """The weights with which a rule speaks of the last node of a path."""
    node = path[-1]
    for one in rule.selector_set:
        selectors = one.selectors
        if selectors[-1].check(node) and (len(selectors) == 1 or _check_selectors(selectors, path)):
            yield one.specificity


def _cascade(rules: Sequence[RuleSet], path: list[DOMNode]) -> RulesMap:
    """What the rules say of the last node of a path, the heaviest for each style; empty if they say nothing."""
    said: defaultdict[str, list[tuple[tuple[int, ...], Any]]] = defaultdict(list)
    initial: set[str] = set()
    initial_by_default: set[str] = set()
    for rule in rules:
        for weight in _matches(rule, path):
            for name, full_weight, value in rule.styles.extract_rules(weight, rule.is_default_rules, rule.tie_breaker):
                if value is None:
                    (initial_by_default if rule.is_default_rules else initial).add(name)
                said[name].append((full_weight, value))
    chosen = {name: _heaviest(values) for name, values in said.items()}
    # `initial` in our own sheet means what the widget's author says, and there what Textual says.
    for name in initial:
        if chosen[name] is None:
            by_default = [one for one in said[name] if not one[0][0]]
            if by_default:
                chosen[name] = _heaviest(by_default)
            else:
                initial_by_default.add(name)
    for name in initial_by_default:
        if chosen[name] is None:
            ours = [one for one in said[name] if one[0][0]]
            chosen[name] = _heaviest(ours) if ours else getattr(_DEFAULT_STYLES, name)
    return cast(RulesMap, {name: value for name, value in chosen.items() if value is not None})


def _heaviest(values: list[tuple[tuple[int, ...], Any]]) -> Any:
    return max(values, key=lambda one: one[0])[1]
