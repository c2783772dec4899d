"""The components, as tags: `{% load design %}`. The page /design/ shows each one with its use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from coproduce.network.design import parts
from coproduce.network.design.icons import ICONS

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One of our drawings; without a label it is decoration and screen readers pass over it."""
    drawing = mark_safe(ICONS[name])  # noqa: S308 - our own constants
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawing)


@register.inclusion_tag("design/parts/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[parts.Crumb]) -> dict[str, Any]:
    """The way from the home page to here."""
    return {"crumbs": crumbs}


@register.inclusion_tag("design/parts/steps.html")
def steps(items: Sequence[parts.Step], *, row: bool = True, compact: bool = False, label: str = "") -> dict[str, Any]:
    """A status in steps; `parts.need_steps` makes the four of a need. `compact` is one line, for lists."""
    return {"steps": items, "shape": "compact" if compact else "row" if row else "", "compact": compact, "label": label}


@register.inclusion_tag("design/parts/chips.html")
def chips(items: Sequence[parts.Chip], *, label: str = "") -> dict[str, Any]:
    """Short facts; a chip with a name is a tick box inside the form around it."""
    return {"chips": items, "label": label}


@register.inclusion_tag("design/parts/resource_card.html")
def resource_card(card: parts.ResourceCard) -> dict[str, Any]:
    """A resource in a list."""
    return {"card": card, "heading": f"h{card.level}"}


@register.inclusion_tag("design/parts/person_card.html")
def person_card(card: parts.PersonCard) -> dict[str, Any]:
    """A person in a list."""
    return {"card": card, "heading": f"h{card.level}"}


@register.inclusion_tag("design/parts/tile.html")
def tile(number: parts.Tile) -> dict[str, Any]:
    """A number with its n, interval and definition."""
    return {"tile": number, "heading": f"h{number.level}"}


@register.inclusion_tag("design/parts/chart.html")
def chart(drawing: parts.Chart) -> dict[str, Any]:
    """A chart with its sentence, its table and its CSV."""
    svg = mark_safe(drawing.svg)  # noqa: S308 - markup of coproduce.figures, which escapes every label
    return {"chart": drawing, "svg": svg}


@register.simple_block_tag
def card_with_actions(content: str, card: parts.ResourceCard | parts.PersonCard) -> SafeString:
    """A card of a resource or a person, with what can be done with it at its foot."""
    name = "person" if isinstance(card, parts.PersonCard) else "resource"
    return render_to_string(
        f"design/parts/{name}_card.html", {"card": card, "heading": f"h{card.level}", "actions": content}
    )


@register.inclusion_tag("design/parts/timeline.html")
def timeline(moments: Sequence[parts.Moment], *, level: int = 3) -> dict[str, Any]:
    """A story along a thread."""
    return {"moments": moments, "heading": f"h{level}"}


@register.inclusion_tag("design/parts/diff.html")
def diff(old: str, new: str) -> dict[str, Any]:
    """What changed from one text to another."""
    return {"lines": parts.diff_lines(old, new)}


@register.inclusion_tag("design/parts/stamp.html")
def stamp(moment: datetime | None) -> dict[str, Any]:
    """A point in time, for people and for machines."""
    return {"moment": moment}


@register.inclusion_tag("design/parts/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the other pages of a list (`?page=`); keeps the rest of the query."""
    around = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    request = context.get("request")
    return {"page": page, "pages": list(around), "query": request.GET if request else QueryDict()}


@register.inclusion_tag("design/parts/need_box.html", takes_context=True)
def need_box(
    context: template.Context,
    field: BoundField,
    action: str = "",
    *,
    examples: Sequence[str] = (),
    suggest: str = "",
    heading: str = "h1",
) -> dict[str, Any]:
    """The one box, "What do you need?"; `suggest` is the address that answers suggestions while typing."""
    return {
        "field": field,
        "action": action,
        "examples": examples,
        "suggest": suggest,
        "heading": heading,
        "csrf_token": context.get("csrf_token"),
    }


#: Django's levels of messages, as tones. Only what somebody must do at once is urgent.
_TONES = {"success": "good", "warning": "warn", "error": "warn", "debug": "info"}


@register.simple_block_tag
def alert(content: str, title: str = "", tone: str = "info", *, live: bool = False) -> SafeString:
    """Something to know (`info`, `good`, `warn`) or to do now (`urgent`)."""
    tone = _TONES.get(tone, tone)
    sign = {"info": "about", "good": "good"}.get(tone, "alert")
    return render_to_string(
        "design/parts/alert.html", {"content": content, "title": title, "tone": tone, "sign": sign, "live": live}
    )


@register.simple_block_tag
def define(content: str, word: str, *, small: bool = False) -> SafeString:
    """A word whose meaning opens on tap."""
    return render_to_string("design/parts/define.html", {"content": content, "word": word, "small": small})


@register.simple_block_tag
def empty(content: str, title: str, sign: str = "need", heading: str = "h2") -> SafeString:
    """Nothing here yet, and what to do about it."""
    return render_to_string(
        "design/parts/empty.html", {"content": content, "title": title, "sign": sign, "heading": heading}
    )


@register.simple_block_tag
def quote(content: str, *, reply: bool = False) -> SafeString:
    """Somebody's own words."""
    tone = " quote-reply" if reply else ""
    return format_html('<blockquote class="quote{}">{}</blockquote>', tone, mark_safe(content.strip()))  # noqa: S308
