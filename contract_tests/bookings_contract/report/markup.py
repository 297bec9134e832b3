"""HTML by function calls; whatever is no markup already is escaped, wherever it comes from."""

from html import escape

from bookings_contract.findings.sanitise import plain


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | int | float | None
EMPTY = frozenset({"br", "hr", "meta"})


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element. `class_` is the attribute class, `aria_label` aria-label; None and False drop."""
    words = [name]
    for key, value in attributes.items():
        if value is True:
            words.append(_attribute(key))
        elif value is not None and value is not False:
            words.append(f'{_attribute(key)}="{_safe(str(value))}"')
    opened = f"<{' '.join(words)}>"
    return Markup(opened if name in EMPTY else f"{opened}{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Several pieces, one after the other."""
    return Markup("".join(_child(child) for child in children if child is not None))


def _child(child: str | int | float) -> str:
    return child if isinstance(child, Markup) else _safe(str(child))


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _safe(text: str) -> str:
    """Escaped, and without the characters that a page can't hold."""
    return escape(plain(text))
