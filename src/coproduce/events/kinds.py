"""The shared vocabulary: every kind of event that the live network and the simulator write.

Names are past tense. Codes stand in blocks by subject and are never reused; a changed meaning is a new kind.
The reference page docs/reference/events.md is generated from here.
"""

from __future__ import annotations

from coproduce.events.event import Event, kind

# One declaration is read as one sentence.
# fmt: off
# ---- people ---------------------------------------------------------------------------------------------------


@kind(1, "A person joined the network.", actor="the person", value="code of the role joined with", unit="role code")
class Joined(Event): ...


@kind(2, "A person left the network.", actor="the person")
class Left(Event): ...


@kind(3, "A person was given a role.", actor="who granted it", subject="the person", value="the role",
      unit="role code")
class RoleGranted(Event): ...


@kind(4, "A person's role ended.", actor="who ended it", subject="the person", value="the role", unit="role code")
class RoleEnded(Event): ...


@kind(5, "A person was invited, or asked to help.", actor="who invited", subject="what to, for example a need",
      object="the person invited")
class Invited(Event): ...


@kind(6, "Two people became connected.", actor="one person", subject="the other person")
class Connected(Event): ...


@kind(7, "A team was started.", actor="who started it", subject="the team",
      object="what it is for, for example a need")
class TeamStarted(Event): ...


@kind(8, "A person joined a team.", actor="the person", subject="the team")
class TeamJoined(Event): ...


@kind(9, "A task of a team was done.", actor="who did it", subject="the task", object="the team", value="time it took",
      unit="minutes")
class TaskDone(Event): ...


@kind(10, "A person answered a survey item.", actor="the person", subject="the survey item", value="the answer",
      unit="score of the item")
class SurveyAnswered(Event): ...


@kind(11, "A proxy was allowed to act for a person.", actor="who allowed it", subject="the person", object="the proxy",
      value="days until it ends", unit="days")
class ProxyGranted(Event): ...


@kind(12, "A proxy's right to act for a person ended.", actor="who or what ended it", subject="the person",
      object="the proxy")
class ProxyEnded(Event): ...


@kind(13, "The event named as cause was done by a proxy for this person.", actor="the proxy", subject="the person",
      cause="the event that was done for them")
class ActedFor(Event): ...


@kind(14, "A child's rights passed from the proxy to the person at majority.", actor="the person or the computer",
      subject="the person")
class HandedOver(Event): ...


@kind(15, "A person was erased: name, words and key are gone, counts stay true.", actor="who asked for it",
      subject="the person")
class PersonErased(Event): ...


@kind(16, "A place of care was added or changed.", actor="the steward", subject="the place's number")
class SiteChanged(Event): ...


@kind(17, "A person's place of care was set; the column site says which, absent for none.", actor="the person",
      subject="the steward who set it")
class PersonPlaced(Event): ...


# ---- needs ----------------------------------------------------------------------------------------------------


@kind(30, "A person stated a need.", actor="who states it", subject="the need", object="the person it is for",
      topic="line of work", value="time until it is needed; absent without a deadline", unit="days",
      cause="what led to it, for example an encounter")
class NeedStated(Event): ...


@kind(31, "A chip of the parsed need was set or removed.", actor="the person, or the computer that read the need",
      subject="the need", topic="condition tag", value="1 set, 0 removed", unit="flag", cause="NeedStated")
class NeedClarified(Event): ...


@kind(32, "A resource was matched to a need.", actor="the matcher, a computer or the person who offers",
      subject="the need", object="the resource version", topic="line of work", value="its rank, 1 first", unit="rank",
      cause="NeedStated, or ResourceShared for a resource that came later")
class ResourceMatched(Event): ...


@kind(33, "A person was matched to a need as a helper.", actor="the matcher, a computer or the helper who offers",
      subject="the need", object="the helper", topic="line of work", value="rank, 1 first", unit="rank",
      cause="NeedStated")
class PersonMatched(Event): ...


@kind(34, "A matched resource was shown.", actor="the person it was shown to", subject="the need",
      object="the resource version", topic="line of work", value="its rank on the page", unit="rank",
      cause="ResourceMatched")
class ResourceShown(Event): ...


@kind(35, "A person replied to a need.", actor="who replied", subject="the need",
      object="the resource version sent, if any", topic="line of work", value="time it took", unit="minutes",
      cause="NeedStated or PersonMatched")
class Replied(Event): ...


@kind(36, "A resource was opened.", actor="who opened it", subject="the need it was opened for, if any",
      object="the resource version", topic="line of work", cause="ResourceShown")
class ResourceOpened(Event): ...


@kind(37, "A resource was put to use: kept, brought to a visit, started as a trial.", actor="who used it",
      subject="the need, if any", object="the resource version", topic="line of work", cause="ResourceMatched")
class ResourceUsed(Event): ...


@kind(38, "Somebody said how it went.", actor="who says so", subject="the need, or the person whose outcome it is",
      object="the resource version or helper, if any", topic="line of work, or the declared outcome",
      value="helped: 1 yes, 0.5 partly, 0 no; otherwise the outcome", unit="0 to 1, or the outcome's unit",
      cause="ResourceUsed, or EncounterHeld")
class OutcomeReported(Event): ...


@kind(39, "The person who stated the need confirmed that it is met; its clock stops.", actor="who confirms",
      subject="the need", object="the resource version or helper that met it", cause="OutcomeReported")
class NeedConfirmed(Event): ...


@kind(40, "What was matched could not be got.", actor="who says so", subject="the need", object="the resource version",
      value="1 cost, 2 insurance, 3 distance, 4 language, 5 time", unit="reason code", cause="ResourceUsed")
class NeedUnreachable(Event): ...


@kind(41, "A need was withdrawn.", actor="who withdrew it", subject="the need", cause="NeedStated")
class NeedWithdrawn(Event): ...


@kind(42, "A need was redirected, for example to urgent care.", actor="who redirected it", subject="the need",
      value="1 urgent care, 2 other service", unit="reason code", cause="NeedStated")
class NeedRedirected(Event): ...


@kind(43, "A need stayed silent after its follow-up, and is counted as silent.", actor="the computer",
      subject="the need", cause="NeedFollowedUp")
class NeedExpired(Event): ...


@kind(44, "A need was opened again.", actor="who reopened it", subject="the need",
      cause="the event that had closed it")
class NeedReopened(Event): ...


@kind(45, "A silent need was followed up, once.", actor="the computer", subject="the need", cause="NeedStated")
class NeedFollowedUp(Event): ...


@kind(46, "A helper said no, without penalty.", actor="the helper", subject="the need",
      cause="Invited or PersonMatched")
class HelpDeclined(Event): ...


# ---- commons --------------------------------------------------------------------------------------------------


@kind(70, "A resource was created.", actor="who wrote it", subject="the resource", object="its first version",
      topic="line of work", value="risk class", unit="0 to 3", cause="the need or lesson it was made for, if any")
class ResourceCreated(Event): ...


@kind(71, "A resource was revised.", actor="who revised it", subject="the resource", object="the new version",
      topic="line of work", value="risk class", unit="0 to 3",
      cause="the need, lesson or concern it was revised for, if any")
class ResourceRevised(Event): ...


@kind(72, "A resource was shared with the commons.", actor="who shared it", subject="the resource",
      object="the version shared", topic="line of work", cause="LessonDrawn, ResourceCreated or ResourceRevised")
class ResourceShared(Event): ...


@kind(73, "A resource was retired: no longer offered, still readable by its link.", actor="who retired it",
      subject="the resource", object="the last version")
class ResourceRetired(Event): ...


@kind(74, "An object was given an accountable owner.", actor="who assigned", subject="the object", object="the owner",
      cause="what made the object, for example ResourceCreated")
class OwnerAssigned(Event): ...


@kind(75, "A date was set by which a resource is to be reviewed.", actor="who set it", subject="the resource",
      value="time until the review", unit="days")
class ReviewDateSet(Event): ...


@kind(76, "A person thanked an author or helper.", actor="who thanks", subject="the resource version or the need",
      object="who is thanked", cause="OutcomeReported")
class Thanked(Event): ...


@kind(77, "A resource or answer was rated.", actor="the rater", subject="the version", value="0 no, 0.5 partly, 1 yes",
      unit="0 to 1")
class Rated(Event): ...


@kind(78, "A version was reviewed.", actor="the reviewer", subject="the version", value="0 rejected, 1 accepted",
      unit="flag")
class Reviewed(Event): ...


@kind(79, "The certainty of a claim was graded.", actor="who graded", subject="the version",
      value="1 very low, 2 low, 3 moderate, 4 high, 0 experience", unit="grade")
class Graded(Event): ...


@kind(80, "A concern about a version was raised.", actor="who raised it", subject="the version",
      value="1 wrong, 2 unsafe, 3 unclear, 4 licence, 5 other", unit="reason code")
class ConcernRaised(Event): ...


@kind(81, "A version was visibly corrected.", actor="who corrected it", subject="the version",
      object="the corrected version", cause="ConcernRaised or AuditRated")
class Corrected(Event): ...


@kind(82, "A rater of an audit judged a version.", actor="the rater", subject="the version",
      value="1 false, 0 not false", unit="flag")
class AuditRated(Event): ...


@kind(83, "The reading grade of a version was measured.", actor="the computer", subject="the version",
      value="Flesch-Kincaid grade", unit="school grade")
class ReadabilityMeasured(Event): ...


@kind(84, "How much of a contributor's text survives was measured.", actor="the computer", subject="the version",
      object="the contributor", value="share alive after 10 revisions or 90 days", unit="share")
class EditSurvivalMeasured(Event): ...


@kind(85, "A file of resources was imported; each accepted row also wrote its own event.", actor="who imported it",
      value="rows accepted", unit="count")
class ResourcesImported(Event): ...


@kind(86, "Reviews of a version that changes a treatment became too old to count; without enough others it is hidden.",
      actor="the computer", subject="the version", value="reviews that ended", unit="count")
class ReviewsEnded(Event): ...


@kind(87, "The SMOG reading grade of a version was measured.", actor="the computer", subject="the version",
      value="SMOG grade", unit="school grade")
class SmogMeasured(Event): ...


# ---- care -----------------------------------------------------------------------------------------------------


@kind(110, "A patient and a clinician met.", actor="the clinician", subject="the patient", topic="condition tag",
      value="information brought to the visit", unit="0 to 1")
class EncounterHeld(Event): ...


@kind(111, "A treatment was started.", actor="who decided", subject="the patient", object="the treatment",
      topic="condition tag", cause="DecisionMade or EncounterHeld")
class TreatmentStarted(Event): ...


@kind(112, "A decision was made together.", actor="the clinician", subject="the patient", object="the option chosen",
      value="1 agrees with the preference stated before, 0 does not", unit="flag", cause="EncounterHeld")
class DecisionMade(Event): ...


@kind(113, "A personal (N-of-1) trial was started.", actor="who started it", subject="the trial", object="the patient")
class TrialStarted(Event): ...


@kind(114, "An observation was recorded.", actor="who recorded it", subject="the patient", object="the trial, if any",
      topic="the outcome observed", value="the observation", unit="the outcome's unit")
class ObservationRecorded(Event): ...


@kind(115, "A personal trial was concluded.", actor="who concluded it", subject="the trial", object="the patient",
      value="probability of better", unit="0 to 1", cause="TrialStarted")
class TrialConcluded(Event): ...


@kind(116, "Something was learned: a posterior, a review, a trial's end, a verdict of a cycle.", actor="who drew it",
      subject="the need, trial or cycle it came from", object="the resource it is about, if any", topic="line of work",
      value="what was learned, coded: helped 0 to 1", unit="0 to 1",
      cause="OutcomeReported, TrialConcluded or CycleStudied")
class LessonDrawn(Event): ...


@kind(117, "A person's activation was measured.", actor="who measured", subject="the person", value="activation",
      unit="0 to 1", cause="EncounterHeld")
class ActivationMeasured(Event): ...


@kind(118, "A declared health outcome was measured.", actor="who measured", subject="the person",
      topic="the declared measure", value="its value", unit="the declared unit", cause="EncounterHeld")
class MeasureObserved(Event): ...


# ---- improvement ----------------------------------------------------------------------------------------------


@kind(140, "An aim was set.", actor="who set it", subject="the project", topic="the measure aimed at",
      value="the target", unit="the measure's unit")
class AimSet(Event): ...


@kind(141, "A PDSA cycle was started.", actor="who started it", subject="the cycle", object="the project",
      value="predicted value", unit="the measure's unit")
class CycleStarted(Event): ...


@kind(142, "A PDSA cycle was studied.", actor="who studied it", subject="the cycle", object="the project",
      value="1 adopt, 2 adapt, 3 abandon", unit="verdict code", cause="CycleStarted")
class CycleStudied(Event): ...


@kind(143, "An intervention was started at a site or in the network.", actor="who started it",
      subject="the intervention", object="the project, if any")
class InterventionStarted(Event): ...


# ---- governance -----------------------------------------------------------------------------------------------


@kind(160, "Consent was given for a purpose.", actor="who gave it", subject="the person", value="the purpose",
      unit="purpose code")
class ConsentGiven(Event): ...


@kind(161, "Consent was withdrawn for a purpose.", actor="who withdrew it", subject="the person", value="the purpose",
      unit="purpose code")
class ConsentWithdrawn(Event): ...


@kind(162, "A proposal was made.", actor="who made it", subject="the proposal")
class ProposalMade(Event): ...


@kind(163, "A vote was cast.", actor="who voted", subject="the proposal", value="the option", unit="option code")
class VoteCast(Event): ...


@kind(164, "A rule came into force.", actor="who enacted it", subject="the rule", object="the proposal",
      cause="ProposalMade")
class RuleEnacted(Event): ...


@kind(165, "A sanction was imposed.", actor="who imposed it", subject="the person", object="the rule",
      value="1 nudge, 2 rate limit, 3 loss of a capability, 4 suspension, 5 removal", unit="step")
class Sanctioned(Event): ...


@kind(166, "A sanction was appealed.", actor="who appealed", subject="the sanction", cause="Sanctioned")
class Appealed(Event): ...


@kind(167, "An appeal was decided.", actor="who decided", subject="the sanction", value="0 upheld, 1 overturned",
      unit="flag", cause="Appealed")
class AppealDecided(Event): ...


@kind(168, "Events left the network as a file.", actor="who exported them",
      value="0 pseudonyms, weeks and coarse sites; 1 full precision", unit="flag")
class LogExported(Event): ...


@kind(169, "Guarded personal data were read with a stated reason.", actor="who read", subject="whose data",
      value="1 own care, 2 safety, 3 duty of the steward, 4 request of the person", unit="reason code")
class GuardedDataRead(Event): ...


@kind(170, "Consent was refused for a purpose: a no, where there was no yes before.", actor="who wrote it down",
      subject="the person", value="the purpose", unit="purpose code")
class ConsentRefused(Event): ...


# ---- model only -----------------------------------------------------------------------------------------------


@kind(240, "The simulator measured a stock.", actor="the model", topic="which stock", value="its size", unit="count")
class StockMeasured(Event): ...
