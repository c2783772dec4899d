"""Titles for a search box that is being typed in."""

from __future__ import annotations

import tantivy

from coproduce.matching.index import SCHEMA, Index, clauses
from coproduce.matching.resource import OPEN, Constraints
from coproduce.matching.text import plain_words

_LOOKED_AT = 200
_LONGEST_PREFIX = 200


def suggest(index: Index, prefix: str, constraints: Constraints = OPEN, n_titles: int = 8) -> list[str]:
    """Titles that hold all the words typed so far, the last one perhaps unfinished; shortest first, each once.

    Titles that begin with what was typed come first. Gives nothing for an empty prefix.
    """
    words = plain_words(prefix[:_LONGEST_PREFIX])
    if not words:
        return []
    query = tantivy.Query
    must = [query.term_query(SCHEMA, "start", word, "basic") for word in words[:-1]]
    endings = [word for word, _ in index.searcher.terms_with_prefix("start", words[-1], limit=50)]
    if not endings:
        return []
    must.append(query.term_set_query(SCHEMA, "start", endings))
    parts = [(tantivy.Occur.Must, part) for part in must] + clauses(constraints)
    titles = dict.fromkeys(card.title for _, card in index.search(query.boolean_query(parts), _LOOKED_AT))
    typed = " ".join(words)
    order = sorted(titles, key=lambda title: (not " ".join(plain_words(title)).startswith(typed), len(title), title))
    return order[:n_titles]
