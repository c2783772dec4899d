"""The text index: a projection of the public resources, in a folder of its own or in memory."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import tantivy

from coproduce.errors import CoproduceError, Unavailable
from coproduce.matching.cards import Card, card_of
from coproduce.matching.dense import Array, Encoder, packed, unpacked, with_directions
from coproduce.matching.lexicon import Lexicon
from coproduce.matching.resource import Constraints, Resource
from coproduce.matching.text import BODY_LIMIT, SUMMARY_LIMIT, clean, plain_analyzer, plain_words, stemming_analyzer

#: Raised when the fields or the analysis of text change: an index of another format is rebuilt.
FORMAT = 3
ANY = "*"
_STAMP = "coproduce-index.json"
_META = "meta.json"
#: Seconds between two tries to become the writer.
_PAUSE = 0.02
_HEAP_BYTES = 48_000_000
_REBUILD = "Rebuild the index from the commons (`rebuild_index`)."


class IndexDamaged(Unavailable):
    """The index folder is lost, damaged or of another format, and must be rebuilt from the commons."""

    code = "index-damaged"


class IndexBusy(Unavailable):
    """Another process is writing to the index and did not finish in time."""

    code = "index-busy"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "name_key", "kind", "language", "audience", "place", "licence", "risk", "name_word"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("title", "names", "body"):
        builder.add_text_field(name, tokenizer_name="coproduce", index_option="freq")
    builder.add_text_field("start", tokenizer_name="coproduce-plain", index_option="position")
    builder.add_bytes_field("card", stored=True)
    builder.add_bytes_field("direction", stored=True)
    return builder.build()


SCHEMA = _schema()


class Index:
    """An index of resources: many readers, one writer at a time, changes visible after `commit`.

    Make one with `open_index`, `rebuild_index` or `Index.in_memory`. Reading methods look at the folder first, so a
    reader in another process sees a commit, and a rebuilt folder, at its next question.
    """

    def __init__(self, inner: tantivy.Index, path: Path | None, encoder: Encoder | None = None) -> None:
        self._inner = inner
        self._path = path
        #: What compares meanings, in dense mode.
        self.encoder = encoder
        self._directions: dict[str, bytes] = {}
        self._writer: tantivy.IndexWriter | None = None
        self._seen: tuple[int, int] | None = None
        self._lexicon: Lexicon | None = None
        self._searcher: tantivy.Searcher | None = None
        self._turn = threading.Lock()
        self._writing_thread: int | None = None
        #: Seconds that `replace` and `remove` wait for another writer.
        self.patience = 10.0

    @classmethod
    def in_memory(cls, resources: Iterable[Resource] = (), encoder: Encoder | None = None) -> Index:
        """An index that lives as long as the object, for tests, commands and small sets."""
        index = cls(_prepared(tantivy.Index(SCHEMA)), None, encoder)
        index._put(resources, set())
        index.commit()
        return index

    # Writing

    def replace(self, resources: Iterable[Resource]) -> int:
        """Add resources, each in the place of the one with its id; gives how many. Visible after `commit`.

        Raises IndexBusy when another process holds the writer for longer than `patience` seconds.
        """
        return self._put(resources, None)

    def _put(self, resources: Iterable[Resource], seen: set[int] | None) -> int:
        """Add resources; with `seen` to an index that holds none yet, where only an id seen before is taken out first.

        To take out is an order that waits for the commit: a million of them weigh some 800 MB.
        """
        writer = self._open_writer()
        n_resources = 0
        # In memory, directions are made when they are first asked for: few resources ever are.
        encoder = self.encoder if self._path is not None else None
        for resource, direction in with_directions(((one, one.title) for one in resources), encoder):
            if seen is None or hash(resource.id) in seen:
                writer.delete_documents_by_term("id", resource.id)
            if seen is not None:
                seen.add(hash(resource.id))
            writer.add_document(_document(resource, direction))
            n_resources += 1
        return n_resources

    def remove(self, ids: Iterable[int | str]) -> None:
        """Take resources out by id; ids that are not there are ignored. Visible after `commit`."""
        writer = self._open_writer()
        for resource_id in ids:
            writer.delete_documents_by_term("id", str(resource_id))

    def commit(self) -> None:
        """Make all changes since the last commit visible to every reader, at once, and let other writers in."""
        with self._closing_writer() as writer:
            if writer is not None:
                writer.commit()
        self._reload()

    def rollback(self) -> None:
        """Forget all changes since the last commit and let other writers in."""
        with self._closing_writer() as writer:
            if writer is not None:
                writer.rollback()

    @contextmanager
    def _closing_writer(self) -> Iterator[tantivy.IndexWriter | None]:
        """The writer of this thread, if it has one; afterwards it is closed and others may write."""
        if self._writing_thread != threading.get_ident():
            yield None
            return
        writer, self._writer = self._writer, None
        try:
            yield writer
            if writer is not None:
                writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise IndexDamaged("The index cannot be written.", next_step=_REBUILD) from error
        finally:
            self._writing_thread = None
            self._turn.release()

    def _open_writer(self) -> tantivy.IndexWriter:
        """The writer, opened when this thread has none; threads take turns here, processes at the lock file."""
        if self._writing_thread != threading.get_ident():
            if not self._turn.acquire(timeout=self.patience):
                raise IndexBusy("Another thread is writing to the index.", next_step="Try again in a moment.")
            self._writing_thread = threading.get_ident()
        try:
            return self._locked_writer()
        except BaseException:
            self._writing_thread = None
            self._turn.release()
            raise

    def _locked_writer(self) -> tantivy.IndexWriter:
        tries_left = int(self.patience / _PAUSE)
        while self._writer is None:
            self._follow()
            try:
                self._writer = self._inner.writer(_HEAP_BYTES, 1)
            except ValueError as error:
                if "Lock" not in str(error):
                    raise IndexDamaged("The index cannot be written.", next_step=_REBUILD) from error
                if not tries_left:
                    raise IndexBusy(
                        "Another process is writing to the index.", next_step="Try again in a moment."
                    ) from error
                tries_left -= 1
                time.sleep(_PAUSE)
        return self._writer

    # Reading

    @property
    def searcher(self) -> tantivy.Searcher:
        """The newest committed state, as one unchanging view."""
        self._follow()
        if self._searcher is None:
            self._reload()
        assert self._searcher is not None
        return self._searcher

    @property
    def lexicon(self) -> Lexicon:
        """The words and names of the newest committed state."""
        searcher = self.searcher
        if self._lexicon is None:
            self._lexicon = Lexicon(searcher)
        return self._lexicon

    def __len__(self) -> int:
        return self.searcher.num_docs

    def card(self, resource_id: int | str) -> Card | None:
        """The card of a resource, or None when it is not in the index."""
        hits = self.search(tantivy.Query.term_query(SCHEMA, "id", str(resource_id)), 1)
        return hits[0][1] if hits else None

    def search(self, query: tantivy.Query, limit: int) -> list[tuple[float, Card]]:
        """The best `limit` resources of a query, with their scores."""
        searcher = self.searcher
        with _readable():
            hits = searcher.search(query, limit, count=False).hits
            return [(score, _card_at(searcher, address)) for score, address in hits]

    def directions(self, cards: Sequence[Card]) -> Array:
        """The direction of each card's title, shape (cards, dimensions); those that are not kept are made now.

        Raises Unavailable where the index has no encoder.
        """
        if self.encoder is None:
            raise Unavailable("This index compares no meanings.", next_step="Open it with an encoder.")
        missing = {card.title for card in cards if not card.direction} - self._directions.keys()
        if missing:
            titles = sorted(missing)
            self._directions.update(zip(titles, packed(self.encoder.encode(titles)), strict=True))
        return unpacked([card.direction or self._directions[card.title] for card in cards])

    def _follow(self) -> None:
        """Notice commits and rebuilds by other processes: one look at a small file."""
        if self._path is None:
            return
        state = _state(self._path)
        if state == self._seen:
            return
        if self._seen is not None and state[0] != self._seen[0] and self._writer is None:
            self._inner = _opened(self._path, self.encoder)
        self._reload()
        self._seen = state

    def _reload(self) -> None:
        with _readable():
            self._inner.reload()
            self._searcher = self._inner.searcher()
        self._lexicon = None
        if self._path is not None:
            self._seen = _state(self._path)


def _card_at(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Card:
    document = searcher.doc(address)
    return Card.loads(cast(bytes, document.get_first("card")), cast(bytes, document.get_first("direction") or b""))


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise IndexDamaged("The index cannot be read.", next_step=_REBUILD) from error


def _state(path: Path) -> tuple[int, int]:
    """What changes when the folder is rebuilt (the stamp's inode), and when something is committed (the meta file)."""
    try:
        stamp, meta = (path / _STAMP).stat(), (path / _META).stat()
    except OSError as error:
        raise IndexDamaged("The index folder is gone.", next_step=_REBUILD) from error
    return stamp.st_ino ^ stamp.st_mtime_ns, meta.st_ino ^ meta.st_mtime_ns


def _prepared(inner: tantivy.Index) -> tantivy.Index:
    inner.register_tokenizer("coproduce", stemming_analyzer())
    inner.register_tokenizer("coproduce-plain", plain_analyzer())
    inner.config_reader("manual")
    return inner


def _document(resource: Resource, direction: bytes) -> tantivy.Document:
    card = card_of(resource)
    document = tantivy.Document()
    document.add_text("id", resource.id)
    for key in card.names:
        document.add_text("name_key", key)
    names = (*resource.conditions, *resource.aliases)
    for word in {word for name in (*names, resource.title) for word in plain_words(name)}:
        document.add_text("name_word", word)
    document.add_text("title", clean(resource.title))
    document.add_text("start", clean(resource.title))
    for text in (*names, resource.summary[:SUMMARY_LIMIT]):
        document.add_text("names", clean(text))
    document.add_text("body", clean(resource.body[:BODY_LIMIT]))
    document.add_text("kind", card.kind)
    document.add_text("risk", str(resource.risk_class))
    for field, values in (
        ("language", (resource.language,)),
        ("audience", resource.audience),
        ("place", (resource.place,)),
        ("licence", (resource.licence,)),
    ):
        for value in [value for value in values if value] or [ANY]:
            document.add_text(field, value)
    document.add_bytes("card", card.dumps())
    if direction:
        document.add_bytes("direction", direction)
    return document


def _terms_of(field: str, values: Iterable[str]) -> tantivy.Query:
    return tantivy.Query.const_score_query(tantivy.Query.term_set_query(SCHEMA, field, sorted(values)), 0.0)


def clauses(constraints: Constraints) -> list[tuple[Any, tantivy.Query]]:
    """The query clauses that keep out what the constraints rule out; they add nothing to a score."""
    must: list[tuple[Any, tantivy.Query]] = []
    for field, allowed, undeclared in (
        ("language", constraints.languages, ANY),
        ("audience", constraints.audiences, ANY),
        ("place", constraints.places, ANY),
        ("licence", constraints.licences, None),
    ):
        if allowed:
            must.append((tantivy.Occur.Must, _terms_of(field, {*allowed, *([undeclared] if undeclared else [])})))
    if constraints.max_risk_class < 3:
        risks = [str(risk) for risk in range(constraints.max_risk_class + 1)]
        must.append((tantivy.Occur.Must, _terms_of("risk", risks)))
    if constraints.exclude:
        must.append((tantivy.Occur.MustNot, _terms_of("id", constraints.exclude)))
    return must


def _stamp(path: Path, encoder: Encoder | None) -> None:
    stamp = {"format": FORMAT, "encoder": "" if encoder is None else encoder.name}
    (path / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")


def _opened(path: Path, encoder: Encoder | None) -> tantivy.Index:
    try:
        stamp = json.loads((path / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged("There is no readable index in the folder.", next_step=_REBUILD) from error
    if not isinstance(stamp, dict) or stamp.get("format") != FORMAT:
        raise IndexDamaged("The index was written by another version of Coproduce.", next_step=_REBUILD)
    if encoder is not None and stamp.get("encoder") != encoder.name:
        raise IndexDamaged("The index keeps no meanings that this mode could compare.", next_step=_REBUILD)
    with _readable():
        inner = _prepared(tantivy.Index.open(str(path)))
        inner.reload()
        searcher = inner.searcher()
        hits = searcher.search(tantivy.Query.all_query(), 1, count=False).hits
        if hits:
            _card_at(searcher, hits[0][1])
        return inner


def open_index(path: Path | str, *, create: bool = True, encoder: Encoder | None = None) -> Index:
    """The index in a folder, made empty when there is no folder yet (unless `create` is false).

    With an encoder it ranks in dense mode.

    Raises IndexDamaged when the folder holds something that cannot be read as an index of this version; the caller
    then calls `rebuild_index` with the resources of the commons.
    """
    path = Path(path)
    if create and (not path.exists() or (path.is_dir() and not any(path.iterdir()))):
        return rebuild_index(path, (), encoder=encoder)
    return Index(_opened(path, encoder), path, encoder)


def rebuild_index(path: Path | str, resources: Iterable[Resource], *, encoder: Encoder | None = None) -> Index:
    """A new index of these resources in the place of whatever is in the folder.

    It is built beside the folder and moved into place when it is whole, so readers always find an index; a rebuild
    that is cut short leaves the old one.
    """
    path = Path(path)
    fresh = path.with_name(path.name + ".new")
    old = path.with_name(path.name + ".old")
    try:
        for leftover in (fresh, old):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh.mkdir(parents=True)
        inner = _prepared(tantivy.Index(SCHEMA, path=str(fresh)))
        _stamp(fresh, encoder)
        index = Index(inner, fresh, encoder)
        index._put(resources, set())
        index.commit()
        if path.exists():
            path.rename(old)
        fresh.rename(path)
    except CoproduceError:
        raise
    except (OSError, ValueError) as error:
        raise Unavailable(
            "The index folder cannot be written.", next_step="Check its owner, its rights and the free disk space."
        ) from error
    with suppress(OSError):
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
    return Index(_opened(path, encoder), path, encoder)
