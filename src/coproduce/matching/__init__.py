"""Needs to resources: what a person wrote becomes a parsed need, and the parsed need ranked offers with true reasons.

What the live network calls:

- `open_index(path)`: the index in a folder (made when new). Raises `IndexDamaged` when it cannot be read: call
  `rebuild_index(path, resources)`, which builds beside the folder and swaps when whole. `len(index)` tells whether a
  folder holds as many resources as the commons does.
- `index.replace(resources)`, `index.remove(ids)`, `index.commit()`: changes, visible to every reader after the commit.
  One writer at a time over all processes (a file lock; `IndexBusy` after `index.patience` seconds); readers in other
  processes see a commit or a rebuild at their next question, so each process opens the index once and keeps it.
  `index.rollback()` forgets changes and lets others in.
- `parse_need(text, index.lexicon)`: the chips; `ParsedNeed.correct(...)` takes the person's corrections, `to_dict` and
  `from_dict` store them.
- `rank(need, index, constraints, k)`: a `Ranking` of `Offer`s, each with `Reason`s, and `answerable`, the probability
  that a good answer exists. `explain(need, index, resource_id)`: one offer wherever it ranks.
- `suggest(index, prefix)`: titles for a box that is being typed in.
- `thanks.learn(showings, weights, judged)`: new weights from what helped, when they pass both gates.
- `people.assign(needs, helpers)`: who helps whom, within everybody's limits (imported on its own: it brings a solver).

Ids of resources are text in the index; numbers are accepted and turned to text. Index only public text: whoever can
read the folder can read the words. Words of a removed resource cannot be found any more, but stay in the folder's files
until it is rebuilt: after an erasure, call `rebuild_index`. An `Index` may be shared by threads: they take turns at
writing, each from its first change to its commit or rollback.
"""

from coproduce.matching.index import Index, IndexBusy, IndexDamaged, open_index, rebuild_index
from coproduce.matching.lexicon import Lexicon
from coproduce.matching.need import AskedKind, NamedThing, ParsedNeed, TellingWord, parse_need
from coproduce.matching.ranking import Offer, Ranking, Reason, explain, rank
from coproduce.matching.resource import OPEN, Constraints, Resource
from coproduce.matching.suggestions import suggest
from coproduce.matching.weights import Weights, shipped_weights
from coproduce.matching.wordlists import KindOfHelp, KindsOfHelp, kinds_of_help

__all__ = [
    "OPEN",
    "AskedKind",
    "Constraints",
    "Index",
    "IndexBusy",
    "IndexDamaged",
    "KindOfHelp",
    "KindsOfHelp",
    "Lexicon",
    "NamedThing",
    "Offer",
    "ParsedNeed",
    "Ranking",
    "Reason",
    "Resource",
    "TellingWord",
    "Weights",
    "explain",
    "kinds_of_help",
    "open_index",
    "parse_need",
    "rank",
    "rebuild_index",
    "shipped_weights",
    "suggest",
]
