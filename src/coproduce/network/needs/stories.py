"""A need's events as moments of a story, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coproduce.events import Event, Role, kinds
from coproduce.network.design.parts import Moment, Thread
from coproduce.network.log import Row
from coproduce.network.needs.queries import Story

#: Events that say nothing new beside another one of the same story.
_SILENT = frozenset(
    {kinds.ResourceShown, kinds.ActedFor, kinds.NeedClarified, kinds.ReadabilityMeasured, kinds.SmogMeasured,
     kinds.ReviewDateSet, kinds.OwnerAssigned, kinds.ResourceCreated}
)  # fmt: skip
Teller = Callable[[Story, Row], str]


def moments(story: Story) -> list[Moment]:
    """The story as knots along a thread; what the computer found at one moment is one knot."""
    told: list[Moment] = []
    found: list[Row] = []
    earlier: Row | None = None
    for row in story.rows:
        if row.what in _SILENT:
            continue
        if row.what is kinds.ResourceMatched and row.role == Role.COMPUTER:
            found.append(row)
            continue
        if found:
            told.append(_found(story, found, earlier))
            earlier, found = found[0], []
        told.append(_moment(story, row, earlier))
        earlier = row
    if found:
        told.append(_found(story, found, earlier))
    return told


def _found(story: Story, rows: Sequence[Row], earlier: Row | None) -> Moment:
    titles = [story.titles[row.object][1] for row in rows if row.object in story.titles]
    n = len(rows)
    return Moment(
        title=ngettext("%(n)d resource was found", "%(n)d resources were found", n) % {"n": n},
        at=rows[0].at,
        thread="resource",
        detail=" · ".join(titles[:3]),
        after=_after(earlier, rows[0]),
    )


def _moment(story: Story, row: Row, earlier: Row | None) -> Moment:
    thread, tell = _TOLD.get(row.what, ("resource", _plainly))
    said = story.words.get(row.seq)
    quote = said.words if said is not None else ""
    if row.what is kinds.NeedStated and row.subject in story.needs:
        quote = story.needs[row.subject].words
    return Moment(
        title=tell(story, row),
        at=row.at,
        thread=thread,
        who=_who(story, row.actor, row.role),
        quote=quote,
        url=_url(story, row),
        after=_after(earlier, row),
    )


def _after(earlier: Row | None, row: Row) -> str:
    if earlier is None or row.time <= earlier.time:
        return ""
    return _("%(time)s later") % {"time": timesince(earlier.at, row.at, depth=1)}


def _who(story: Story, actor: int, role: int) -> str:
    if actor < 0:
        return _("the network") if role == Role.COMPUTER else ""
    return story.names.get(actor, _("Somebody"))


def _url(story: Story, row: Row) -> str:
    if row.what is kinds.NeedStated and row.subject != story.need.pk:
        return reverse("needs:need", args=[row.subject])
    for number in (row.object, row.subject):
        if number in story.titles:
            return reverse("commons:resource", args=[story.titles[number][0]])
    return ""


def _title(story: Story, row: Row) -> str:
    for number in (row.object, row.subject):
        if number in story.titles:
            return _("“%(title)s”") % {"title": story.titles[number][1]}
        if number in story.names:
            return story.names[number]
    return ""


def _says(text: str) -> Teller:
    """A sentence with what, and whom, it is about."""
    return lambda story, row: (_(text) % {"what": _title(story, row)}).strip(" :")


def _outcome(story: Story, row: Row) -> str:
    said = {1.0: _("It helped: %(what)s"), 0.5: _("It helped partly: %(what)s")}.get(
        row.value, _("It did not help: %(what)s")
    )
    return (said % {"what": _title(story, row)}).strip(" :")


def _lesson(story: Story, row: Row) -> str:
    return _("Noted for everybody: %(what)s") % {"what": _title(story, row)} if row.actor < 0 else _("Learned")


def _plainly(_story: Story, row: Row) -> str:
    return _(row.what.meaning.says)


_TOLD: Mapping[type[Event], tuple[Thread, Teller]] = {
    kinds.NeedStated: ("need", _says("A need was stated")),
    kinds.ResourceMatched: ("resource", _says("Offered: %(what)s")),
    kinds.PersonMatched: ("person", _says("Matched with somebody: %(what)s")),
    kinds.Invited: ("person", _says("Asked for help: %(what)s")),
    kinds.HelpDeclined: ("person", _says("Could not help this time")),
    kinds.Connected: ("person", _says("Connected: %(what)s")),
    kinds.Replied: ("person", _says("Answered: %(what)s")),
    kinds.ResourceOpened: ("resource", _says("Opened: %(what)s")),
    kinds.ResourceUsed: ("resource", _says("Put to use: %(what)s")),
    kinds.OutcomeReported: ("need", _outcome),
    kinds.NeedConfirmed: ("need", _says("The need is met; its clock stops")),
    kinds.NeedUnreachable: ("need", _says("It could not be got")),
    kinds.NeedWithdrawn: ("need", _says("Withdrawn")),
    kinds.NeedRedirected: ("need", _says("Sent to urgent care first")),
    kinds.NeedReopened: ("need", _says("Opened again")),
    kinds.NeedFollowedUp: ("need", _says("Asked whether it was met")),
    kinds.NeedExpired: ("need", _says("No answer came: counted as silent, not as met")),
    kinds.LessonDrawn: ("learned", _lesson),
    kinds.Thanked: ("person", _says("Thanked for it: %(what)s")),
    kinds.ResourceRevised: ("learned", _says("Made better: %(what)s")),
    kinds.ResourceShared: ("learned", _says("Shared with everybody: %(what)s")),
}
