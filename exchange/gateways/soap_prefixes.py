"""What the prefixes in ``xsi:type`` stand for, found out for a whole document at once.

An element could be asked itself; but then it puts together all namespaces that are
declared around it, and a document can have tens of thousands of them, and as many
elements that are asked.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from exchange.gateways.soap_names import XSI_TYPE

EVENTS = ("start-ns", "end-ns", "start", "end")


class ToldTypes:
    """The types that the elements of documents say they are of."""

    def __init__(self) -> None:
        self._namespaces: dict[etree._Element, str | None] = {}

    def namespace_of(self, element: etree._Element) -> str | None:
        """Return the namespace of the type that an element says it is of; ``None`` if nothing says what it is.

        It is empty where there is no prefix, and no namespace for names without one.
        """
        if element not in self._namespaces:
            self._namespaces |= _namespaces_told(element.getroottree().getroot())
        return self._namespaces[element]


def _namespaces_told(root: etree._Element) -> dict[etree._Element, str | None]:
    found: dict[etree._Element, str | None] = {}
    scopes: dict[str, list[str]] = {"": [""]}
    declared: list[str] = []
    events: Any = etree.iterwalk(root, events=EVENTS)
    for event, thing in events:
        if event == "start-ns":
            prefix, namespace = thing
            declared.append(prefix)
            scopes.setdefault(prefix, []).append(namespace)
        elif event == "end-ns":
            scopes[declared.pop()].pop()
        elif event == "start" and (told := thing.get(XSI_TYPE)) is not None:
            scope = scopes.get(told.strip().rpartition(":")[0])
            found[thing] = scope[-1] if scope else None
    return found
