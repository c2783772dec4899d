"""Form widgets of our own: cards to choose from, chips to tick, room for words. All work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from coproduce.network.design.parts import Text


class _Described:
    """Choices with a line of explanation each."""

    def __init__(self, *args: Any, notes: Mapping[Any, Text] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.notes = {str(value): note for value, note in (notes or {}).items()}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """One choice, with its note."""
        option: dict[str, Any] = super().create_option(name, value, *args, **options)  # type: ignore[misc]
        option["note"] = self.notes.get(str(value), "")
        return option


class RadioCards(_Described, forms.RadioSelect):
    """One of a few, each a card: `RadioCards(choices=..., notes={value: explanation})`."""

    template_name = "design/widgets/cards.html"


class CheckboxCards(_Described, forms.CheckboxSelectMultiple):
    """Any of a few, each a card."""

    template_name = "design/widgets/cards.html"


class RadioChips(forms.RadioSelect):
    """One of many short words, each a chip."""

    template_name = "design/widgets/chips.html"


class CheckboxChips(forms.CheckboxSelectMultiple):
    """Any of many short words, each a chip with a tick."""

    template_name = "design/widgets/chips.html"


class Words(forms.Textarea):
    """Room for a person's own words: grows with them, and says how much room is left."""

    template_name = "design/widgets/words.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"rows": 5, "cols": None, **(attrs or {})})


class LongSelect(forms.Select):
    """One of hundreds: drawn without a template for each choice, which takes a page tens of milliseconds."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The list, the chosen one marked; choices in groups stand in their groups."""
        del renderer
        drawn = [_group(label, options) for label, options, _place in self.optgroups(name, self.format_value(value))]
        own = flatatt({"name": name, **self.build_attrs(self.attrs, dict(attrs or {}))})
        return format_html("<select{}>{}</select>", own, SafeString("".join(drawn)))


def _group(label: Text | None, options: Sequence[Mapping[str, Any]]) -> SafeString:
    parts = ((one["value"], flatatt(one["attrs"]), one["label"]) for one in options)
    drawn = format_html_join("", '<option value="{}"{}>{}</option>', parts)
    return drawn if label is None else format_html('<optgroup label="{}">{}</optgroup>', label, drawn)


class LanguageSelect(LongSelect):
    """One of many languages, each said in itself: a screen reader is told which one it is."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """One language, whose tag is its value."""
        option: dict[str, Any] = super().create_option(name, value, *args, **options)
        option["attrs"]["lang"] = str(value)
        return option
