"""What a page draws, as a tree of elements. Texts stay texts all the way to the browser.

The tree goes to the page as data, where `sheet.js` builds it with `createElement` and text nodes: nothing is ever
parsed as HTML, so a product's name can't become markup, a link or a script.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

#: Elements and attributes that the page may build; `sheet.js` holds the same lists.
TAGS: Final = frozenset(
    """b bdi br button caption code dd details div dl dt em figcaption figure h2 h3 li ol p pre section small span
    strong summary sup table tbody td th thead tr ul""".split()
)
ATTRIBUTES: Final = frozenset("class colspan disabled dir hidden id open role scope style tabindex title type".split())


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its attributes and what is in it."""

    tag: str
    attributes: dict[str, str]
    children: tuple["Node", ...]


Node = str | Element


def h(tag: str, *children: Any, **attributes: str | None) -> Element:
    """An element. Children may be nodes, None (left out) or iterables of them.

    Attributes: `class_` is class, underscores are hyphens (`aria_label`, `data_go`), None is left out.

    Raises:
        ValueError: the element or attribute is not on the lists.
    """
    if tag not in TAGS:
        raise ValueError(f"{tag} is no element of a page")
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    for name in named:
        if name not in ATTRIBUTES and not name.startswith(("aria-", "data-")):
            raise ValueError(f"{name} is no attribute of a page")
    return Element(tag, named, tuple(_flat(children)))


def to_data(node: Node) -> Any:
    """The tree as plain lists and texts, for JSON: `[tag, attributes, child …]`."""
    if isinstance(node, str):
        return node
    return [node.tag, node.attributes, *(to_data(child) for child in node.children)]


def text_of(node: Node) -> str:
    """The words in a tree, one space between them."""
    return " ".join(" ".join(_texts(node)).split())


def find(node: Node, *, tag: str = "", class_: str = "") -> Iterator[Element]:
    """Every element in a tree with this tag and class, in the order of the page."""
    if isinstance(node, str):
        return
    if (not tag or node.tag == tag) and (not class_ or class_ in node.attributes.get("class", "").split()):
        yield node
    for child in node.children:
        yield from find(child, tag=tag, class_=class_)


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for child in node.children:
            yield from _texts(child)


def _flat(children: Iterable[Any]) -> Iterator[Node]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, str | Element):
            yield child
        else:
            yield from _flat(child)
