"""Stage 4, outcome, of needs: people say whether what they got helped."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.commons import NeedState
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray, IntArray

#: Of those who were not fully helped, the share that was helped partly. Proposed.
PARTLY = 0.4
#: Of those who were helped partly, the share that confirms the need as met. Proposed.
CONFIRMS_PARTLY = 0.3
#: Answered follow-ups of needs that nothing met, that withdraw the need. Proposed.
WITHDRAWS_AT_FOLLOW_UP = 0.3
#: Open needs without a deadline are followed up after this many ticks.
PATIENCE = 12


def needs_answered(w: World) -> None:
    """People say whether it helped, and confirm; some could not get it, and some stay silent."""
    layer, p = w.needs_layer(), w.p
    needs = layer.needs
    w.met[:] = w.unmet[:] = w.thanked[:] = 0
    rows = needs.in_state(NeedState.USED)
    key = needs.key(rows)
    barred = (w.uniform("barrier", key) < p.barrier) & (needs.resource[rows] >= 0)
    _unreachable(w, rows[barred], w.uniform("barrier.reason", key)[barred])
    speaks = ~barred & (w.uniform("report", key) < p.reports)
    silent = rows[~barred & ~speaks]
    needs.state[silent] = NeedState.SILENT
    needs.moved[silent] = w.tick
    rows = rows[speaks]
    layer.answered, layer.helped, layer.seq_answer = _answer(w, rows, "help", needs.seq_used[rows])
    key = needs.key(rows)
    confirms = w.uniform("confirm", key) < np.where(
        layer.helped == 1.0, p.confirms, CONFIRMS_PARTLY * (layer.helped > 0)
    )
    _conclude(w, rows, confirms, w.uniform("withdraw", key) < p.withdraws)


def _unreachable(w: World, rows: IntArray, u: FloatArray) -> None:
    """Could not be got: cost, insurance, distance, language or time."""
    if not rows.size:
        return
    needs = w.needs_layer().needs
    _close(w, rows, NeedState.UNREACHABLE)
    w.writer.write(
        kinds.NeedUnreachable, rows.size, actor=(needs.person, rows), subject=(needs.id, rows),
        object=(w.needs_layer().resources.version, (needs.resource, rows)), role=(w.people.role, (needs.slot, rows)),
        site=(w.people.site, (needs.slot, rows)), value=1.0 + np.floor(u * 5), cause=(needs.seq_used, rows),
    )  # fmt: skip
    np.add.at(w.unmet, needs.slot[rows], np.int16(1))


def _answer(w: World, rows: IntArray, name: str, cause: IntArray) -> tuple[IntArray, FloatArray, IntArray]:
    """Did it help? 1 yes, 0.5 partly, 0 no; the answer enters the resource's visible record."""
    layer, people = w.needs_layer(), w.people
    needs, resources = layer.needs, layer.resources
    u, promise = w.uniform(name, needs.key(rows)), needs.promise[rows]
    helped = np.where(u < promise, 1.0, np.where(u < promise + PARTLY * (1.0 - promise), 0.5, 0.0))
    by_resource = needs.resource[rows] >= 0
    which = needs.resource[rows][by_resource]
    np.add.at(resources.n_answers, which, 1)
    np.add.at(resources.helped, which, helped[by_resource])
    seq = w.writer.write(
        kinds.OutcomeReported, rows.size, actor=(needs.person, rows), subject=(needs.id, rows), object=source(w, rows),
        role=(people.role, (needs.slot, rows)), site=(people.site, (needs.slot, rows)), topic=(needs.line, rows),
        value=helped, cause=cause,
    )  # fmt: skip
    needs.said[rows] = helped
    needs.seq_said[rows] = seq
    np.add.at(w.met, needs.slot[rows], (helped > 0).astype(np.int16))
    np.add.at(w.unmet, needs.slot[rows], (helped == 0).astype(np.int16))
    return rows, helped, seq


def source(w: World, rows: IntArray) -> IntArray:
    """What or who these needs were matched with: the resource version, or the helper."""
    layer = w.needs_layer()
    resource, helper = layer.needs.resource[rows], layer.needs.helper_person[rows]
    if not layer.resources.n:
        return np.asarray(helper)
    versions: IntArray = np.where(resource >= 0, layer.resources.version[np.maximum(resource, 0)], helper)
    return versions


def _conclude(w: World, rows: IntArray, confirms: np.ndarray, quits: np.ndarray) -> None:
    """After an answer: met and confirmed; helped, but silent about it; or back to looking, or withdrawn."""
    if not rows.size:
        return
    layer, people = w.needs_layer(), w.people
    needs = layer.needs
    helped = needs.said[rows]
    done = rows[confirms]
    _close(w, done, NeedState.CONFIRMED)
    layer.n_confirmed += done.size
    w.writer.write(
        kinds.NeedConfirmed, done.size, actor=(needs.person, done), subject=(needs.id, done), object=source(w, done),
        role=(people.role, (needs.slot, done)), site=(people.site, (needs.slot, done)), cause=(needs.seq_said, done),
    )  # fmt: skip
    needs.state[rows[~confirms & (helped == 1.0)]] = NeedState.SILENT
    again = ~confirms & (helped < 1.0)
    _withdraw(w, rows[again & quits], needs.seq_stated[rows[again & quits]])
    back = rows[again & ~quits]
    needs.state[back] = NeedState.OPEN
    needs.attempts[back] += 1
    needs.said[back] = -1.0
    needs.moved[rows] = w.tick


def _withdraw(w: World, rows: IntArray, cause: IntArray) -> None:
    if not rows.size:
        return
    needs, people = w.needs_layer().needs, w.people
    _close(w, rows, NeedState.WITHDRAWN)
    w.writer.write(
        kinds.NeedWithdrawn, rows.size, actor=(needs.person, rows), subject=(needs.id, rows),
        role=(people.role, (needs.slot, rows)), site=(people.site, (needs.slot, rows)), cause=cause,
    )  # fmt: skip


def _close(w: World, rows: IntArray, state: NeedState) -> None:
    """Closes needs and frees their owners to state others."""
    layer = w.needs_layer()
    needs = layer.needs
    needs.state[rows] = state
    needs.closed[rows] = w.tick
    layer.taken[needs.slot[rows], needs.place[rows]] = False
    np.subtract.at(layer.n_open, needs.slot[rows], np.int16(1))


def abandon(w: World, slots: IntArray) -> None:
    """Withdraws the open needs of people who leave."""
    if not slots.size:
        return
    needs = w.needs_layer().needs
    leaves = np.zeros(w.people.n, dtype=np.bool_)
    leaves[slots] = True
    rows = needs.open_rows()
    rows = rows[leaves[needs.slot[rows]]]
    _withdraw(w, rows, needs.seq_stated[rows])


def followed_up(w: World) -> None:
    """A silent need is followed up once, kindly; if it stays silent it expires, and never counts as met."""
    layer, p = w.needs_layer(), w.p
    needs = layer.needs
    rows = needs.open_rows()
    asked = needs.followed[rows] >= 0
    quiet_since = np.maximum(needs.followed[rows], needs.moved[rows])
    waits = asked & (needs.state[rows] != NeedState.MATCHED)
    over = rows[waits & (w.tick - quiet_since >= p.follow_up_after)]
    due = rows[~asked & _is_due(w, rows)]
    _close(w, over, NeedState.EXPIRED)
    columns = {"actor": COMPUTER_ID, "role": Role.COMPUTER}
    w.writer.write(
        kinds.NeedExpired, over.size, **columns, subject=(needs.id, over), site=(w.people.site, (needs.slot, over)),
        cause=(needs.seq_followed, over),
    )  # fmt: skip
    needs.followed[due] = w.tick
    needs.seq_followed[due] = w.writer.write(
        kinds.NeedFollowedUp, due.size, **columns, subject=(needs.id, due), site=(w.people.site, (needs.slot, due)),
        cause=(needs.seq_stated, due),
    )  # fmt: skip
    _follow_up_answered(w, due[w.uniform("follow-up", needs.key(due)) < p.answers_follow_up])


def _is_due(w: World, rows: IntArray) -> np.ndarray:
    """Silent for long enough after use; or open past the deadline, or past patience when there is none."""
    needs, p = w.needs_layer().needs, w.p
    quiet = (needs.state[rows] == NeedState.SILENT) & (w.tick - needs.moved[rows] >= p.follow_up_after)
    patience = np.where(np.isnan(needs.deadline[rows]), PATIENCE, np.ceil(needs.deadline[rows] / w.tick_days))
    late = (needs.state[rows] == NeedState.OPEN) & (w.tick - needs.stated[rows] >= np.maximum(patience, 2))
    due: np.ndarray = quiet | late
    return due


def _follow_up_answered(w: World, rows: IntArray) -> None:
    """Who had used something says how it went and may confirm; who had found nothing goes on looking, or withdraws."""
    if not rows.size:
        return
    layer, p = w.needs_layer(), w.p
    needs = layer.needs
    silent = needs.state[rows] == NeedState.SILENT
    used, waiting = rows[silent], rows[~silent]
    unsaid = used[needs.said[used] < 0.0]
    said, helped, seq = _answer(w, unsaid, "help.late", needs.seq_followed[unsaid])
    layer.answered = np.concatenate([layer.answered, said])
    layer.helped = np.concatenate([layer.helped, helped])
    layer.seq_answer = np.concatenate([layer.seq_answer, seq])
    key = needs.key(used)
    confirms = (w.uniform("confirm.late", key) < p.confirms) & (needs.said[used] == 1.0)
    _conclude(w, used, confirms, w.uniform("withdraw.late", key) < p.withdraws)
    quits = w.uniform("withdraw.waiting", needs.key(waiting)) < WITHDRAWS_AT_FOLLOW_UP
    _withdraw(w, waiting[quits], needs.seq_followed[waiting[quits]])
    # Who still looks is not silent: the one follow-up is spent, and the need gets a time of patience more.
    needs.followed[waiting[~quits]] = w.tick + PATIENCE


def thanks_given(w: World) -> None:
    """Some of those who were helped thank the author or the helper, who sees it."""
    layer, people = w.needs_layer(), w.people
    needs, resources = layer.needs, layer.resources
    rows = layer.answered
    thanks = (layer.helped > 0) & (w.uniform("thanks", needs.key(rows)) < w.p.thanks * layer.helped)
    rows, cause = rows[thanks], layer.seq_answer[thanks]
    if not rows.size:
        return
    which = needs.resource[rows]
    by_resource = which >= 0
    slot, whom = needs.helper[rows].copy(), needs.helper_person[rows].copy()
    about = needs.id[rows].copy()
    slot[by_resource] = resources.slot[which[by_resource]]
    whom[by_resource] = resources.author[which[by_resource]]
    about[by_resource] = resources.version[which[by_resource]]
    w.writer.write(
        kinds.Thanked, rows.size, actor=(needs.person, rows), subject=about, object=whom,
        role=(people.role, (needs.slot, rows)), site=(people.site, (needs.slot, rows)), cause=cause,
    )  # fmt: skip
    here = people.person[slot] == whom
    np.add.at(w.thanked, slot[here], np.int32(1))
