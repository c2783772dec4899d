"""What the pages say reads at school grade 6 or below: every longer message, and each page's words together.

Flesch-Kincaid grade, 0.39 words / sentences + 11.8 syllables / words - 15.59 (Kincaid, Fishburne, Rogers and Chissom
1975, Research Branch Report 8-75), as `coproduce.network.commons.reading` computes it and its own tests prove it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from coproduce.network.commons.reading import reading_grade
from coproduce.network.laboratory import example

HARDEST = 6.0
#: Below this a message is a label, and one long word decides its grade.
FEWEST_WORDS = 12
#: What operators and developers read, and what patients read only on the page of a measure's method.
FOR_MAKERS = ("database", "laboratory", "governance", "log", "design/gallery.py", "design/spoken.py")
NETWORK = Path(str(resources.files("coproduce.network")))
_IN_TEMPLATE = re.compile(
    r'\{%\s*translate\s+"(?P<one>[^"]+)"|\{%\s*blocktranslate[^%]*%\}(?P<block>.*?)\{%\s*endblocktranslate\s*%\}|_\("(?P<call>[^"]+)"\)',
    re.DOTALL,
)
_GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy"}


def in_template(text: str) -> Iterator[str]:
    """The messages of a template; what is filled in reads as a short word, markup as nothing."""
    for found in _IN_TEMPLATE.finditer(text):
        whole = next(filter(None, found.groups()))
        for form in re.split(r"\{%\s*plural\s*%\}", whole):
            yield re.sub(r"<[^>]+>", "", re.sub(r"\{\{.*?\}\}", "this", form)).strip()


def in_module(source: str) -> Iterator[str]:
    """The messages of a module."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _GETTEXT:
            for given in call.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield re.sub(r"%\(\w+\)s|\{\w+\}", "this", given.value)


def messages() -> dict[str, list[str]]:
    """Every message that people read, by the file it stands in."""
    found = {}
    for path in sorted([*NETWORK.rglob("*.html"), *NETWORK.rglob("*.txt"), *NETWORK.rglob("*.py")]):
        name = str(path.relative_to(NETWORK))
        if not name.startswith(FOR_MAKERS) and "migrations" not in name:
            text = path.read_text(encoding="utf-8")
            found[name] = list(in_module(text) if path.suffix == ".py" else in_template(text))
    return found


def grade(text: str) -> float:
    """The grade of a text of any length: said over and over until it is long enough to count."""
    ended = text if text.endswith((".", "?", "!", ":", "”")) else f"{text}."
    found = reading_grade("\n\n".join([ended] * 30))
    return found if found is not None else 0.0


def test_messages_are_found_in_templates_and_modules() -> None:
    template = (
        '{% translate "Say it" %}{% blocktranslate with n=1 %}One <b>{{ n }}</b>{% plural %}Many{% endblocktranslate %}'
    )
    assert list(in_template(template)) == ["Say it", "One this", "Many"]
    assert list(in_module('x = _("For {who}")\ny = gettext("a") + ngettext("one", "more", 2)')) == [
        "For this", "a", "one", "more",
    ]  # fmt: skip
    assert sum(map(len, messages().values())) > 500


def test_the_measure_sees_a_hard_sentence() -> None:
    assert grade("Immunosuppressive medication necessitates gastroenterological supervision.") > 20
    assert grade("We keep your words. You can read them here.") < 3


def test_every_longer_message_reads_at_grade_six_or_below() -> None:
    hard = {
        message: (round(grade(message), 1), name)
        for name, said in messages().items()
        for message in said
        if len(message.split()) >= FEWEST_WORDS and grade(message) > HARDEST
    }
    assert hard == {}


def test_the_words_of_every_page_read_at_grade_six_or_below() -> None:
    templates = {name: said for name, said in messages().items() if not name.endswith(".py")}
    whole = {name: "\n\n".join(f"{message}." for message in said) for name, said in templates.items()}
    longer = {name: round(grade(text), 1) for name, text in whole.items() if len(text.split()) >= 30}
    assert len(longer) > 20
    assert {name: found for name, found in longer.items() if found > HARDEST} == {}


FOR_PATIENTS = [
    one for one in example.resources()
    if one.matter["risk_class"] <= 2 and {"patient", "family"} & set(one.matter["audience"])
]  # fmt: skip


@pytest.mark.parametrize("one", FOR_PATIENTS, ids=[one.key for one in FOR_PATIENTS])
def test_what_patients_read_in_the_example_is_at_grade_six_or_below(one: example.ExampleResource) -> None:
    assert grade(f"{one.matter['summary']}\n\n{one.body}") <= HARDEST
