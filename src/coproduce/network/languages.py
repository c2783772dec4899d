"""Languages by their tags: which there are to choose from, and whether a tag is one."""

from __future__ import annotations

from functools import cache, lru_cache

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from coproduce.errors import InvalidInput

_LONGEST = 20


@cache
def language_choices() -> list[tuple[str, str]]:
    """Tags and the languages' own names, in the order of those names; made once a process."""
    from langcodes import standardize_tag

    named = {standardize_tag(tag): info["name_local"] for tag, info in LANG_INFO.items() if "name_local" in info}
    return sorted(named.items(), key=lambda language: language[1].casefold())


@lru_cache(maxsize=1024)
def check_language(tag: str, field: str = "language") -> None:
    """Raises InvalidInput unless it is a valid BCP 47 language tag."""
    import langcodes

    if len(tag) > _LONGEST or not langcodes.tag_is_valid(tag):
        raise InvalidInput(given=_("an unknown language"), expected=_("a tag such as en or pt-BR"), field=field)


def language_name(tag: str) -> str:
    """What a language is called in the language of the page, or its tag where nobody has written that down."""
    try:
        return str(get_language_info(tag)["name_translated"])
    except KeyError:
        return tag
