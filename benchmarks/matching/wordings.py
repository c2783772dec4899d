"""The same need, written as people write when they hurry, shout, chat or stop early; made by code, with seeds."""

from __future__ import annotations

import numpy as np

#: Sentences that carry no need.
CHAT = (
    "Hello, I hope you are well.",
    "Thank you so much in advance!",
    "I am sorry to bother you, I have been looking everywhere.",
    "My husband said that I should write to you.",
    "Please help, I would really appreciate it.",
    "I do not know who else to ask.",
    "Have a good day and God bless.",
)


def shouted(text: str, draws: np.random.Generator) -> str:
    """The text in capitals, with too many marks at the ends of sentences."""
    marks = "!" * int(draws.integers(2, 6))
    return text.upper().replace("?", "?" + marks).replace(".", marks)


def chatty(text: str, draws: np.random.Generator, n_sentences: int = 4) -> str:
    """The text between sentences that carry no need; the subject line stays the first."""
    subject, _, message = text.partition("\n")
    chosen = [CHAT[at] for at in draws.choice(len(CHAT), n_sentences, replace=False)]
    half = n_sentences // 2
    return f"{subject}\n{' '.join([*chosen[:half], message, *chosen[half:]])}"


def shortened(text: str, draws: np.random.Generator) -> str:
    """The text cut after two thirds of its words, at most 20 fewer."""
    words = text.split(" ")
    lost = min(len(words) // 3, int(draws.integers(1, 21)))
    return " ".join(words[: len(words) - lost])


def without_content(_: str, draws: np.random.Generator) -> str:
    """A message of chat alone."""
    return " ".join(CHAT[at] for at in draws.choice(len(CHAT), 3, replace=False))
