"""The declarations of the measures of engagement, outcomes, collaboration, shape, commons, rigor and equity.

One line a number: id, name, formula, unit, which way is better, source; then its limits, where there are any.
"""

from __future__ import annotations

from collections.abc import Iterator

from coproduce.clock import DAY_US
from coproduce.measures.declared import Declared, Direction

#: One line of the lists below.
Line = tuple[str, str, str, str, Direction, str] | tuple[str, str, str, str, Direction, str, str]

_W = "Wilson interval (Wilson 1927, 10.1080/01621459.1927.10502953)"
_KM = "Kaplan & Meier 1958, 10.1080/01621459.1958.10501452"
_OWN = "own rule"
_NULLS = "Drawn only when asked (--null R)."
_SHAPE = "Simple undirected graph of the ties of S1 in the window; from 30 people on; compares no two networks."
_DEDUCTIVE = "Unweighted mean of people; interval normal."

# fmt: off
ENGAGEMENT: tuple[Line, ...] = (
    *((f"E3{who}.{key}", f"Contributions by {people}{label}", f"acts at level 3 or above by {people} / all of them",
     "share",
       "none", "van Mierlo 2014, 10.2196/jmir.2966", limits)
      for who, label, limits in (("", "", "Of those who contributed."),
                                 (".all", ", lurkers counted", "Of all members; the share depends on who is counted."))
      for key, people in (("top", "the first hundredth"), ("next", "the next tenth"), ("rest", "the others"))),
    ("E4.gini", "Concentration of contributions (Gini)", "sum (2i - n - 1) x_(i) / (n sum x)", "index", "none",
     "Gini 1912; actor-level bootstrap", "Of those who contributed; beyond 2,000 people an m out of n bootstrap."),
    ("E4.theil", "Concentration of contributions (Theil)", "mean of (x / mu) ln(x / mu)", "index", "none",
     "Theil 1967; actor-level bootstrap", "Of those who contributed."),
    ("E4.half", "Half-work set", "fewest people with half of the contributions", "people", "up",
     "truck factor family, Avelino et al. 2016, 10.1109/ICPC.2016.7503718; actor-level bootstrap"),
    ("E4.half_share", "Half-work set, share", "half-work set / contributors", "share", "up",
     "Avelino et al. 2016, 10.1109/ICPC.2016.7503718; actor-level bootstrap"),
    ("E5", "Stickiness", "mean over days of people active that day / people active in 28 days", "share", "none",
     "industry measure", "Report, never a target: for a rare need, fewer visits may be success."),
    *((f"E6.r{k}", f"Newcomers active in month {k}",
     f"newcomers active in their month {k} / newcomers followed so long",
       "share", "up", f"cohort retention; {_W}",
       "Months of 30 days from a person's first act.") for k in (1, 3, 6, 12)),
    *((f"E6.left.gap{gap}", f"Left within a year, {gap} silent days",
     f"1 - S(365 days), departure = last act before {gap} silent days", "share", "down", f"{_KM}; Wang 2017",
       "Gone at the first such silence, even who came back; 180 is the measure.") for gap in (180, 90, 365)),
    ("E6.response", "Leaving, for a wait twice as long",
     "ratio of hazards of leaving for each doubling of 1 + hours until the first reply to a person's first need",
     "ratio", "none", "Cox 1972, 10.1111/j.2517-6161.1972.tb00899.x; Wang 2017",
     "From that reply on, departure as in E6.left.gap180. People whose need was answered only; no cause is shown."),
    ("E8", "Quiet help", "needs met by a person without a reply or offer of theirs in the log / needs met by a person",
     "share", "none", f"Seid et al. 2024; {_W}", "Visible acts miss much; this says how much of confirmed help."),
    *((f"E9.{scale}", f"Experienced engagement: {scale}", "mean over people of answer / highest score", "share",
       "down" if scale == "burden" else "up", "Seid et al. 2024; Hamilton et al. 2021",
       "Needs the table survey_items. People may change what they mean by an answer (response shift).")
      for scale in ("belonging", "agency", "trust", "connection", "burden")),
    ("E9.partnership", "Experienced engagement: partnership in research", "mean over people of answer / highest score",
     "share", "up", "PEIRS-22, Hamilton et al. 2021, 10.1111/hex.13227",
     "Needs the table survey_items. People may change what they mean by an answer (response shift)."),
)

FULFILMENT: tuple[Line, ...] = (
    ("N5.ndcg", "Match quality, nDCG at 10", "mean of 1 / log2(1 + rank of what met the need), 0 beyond 10", "score",
     "up",
     "Järvelin & Kekäläinen 2002, 10.1145/582415.582418", "Needs met by a resource; one relevant resource a need."),
    ("N5.recall", "Match quality, recall at 10", "needs whose resource stood in the first 10 / needs met by a resource",
     "share", "up", _W),
    ("N5.ips", "Confirmed from the first place, by propensity", "sum of hits / propensity over sum of 1 / propensity",
     "share",
     "up", "self-normalised inverse propensity, Swaminathan & Joachims 2015", "Needs the table shown."),
    ("N7.topics", "Underserved topics", "topics of 11 needs or more with the lower end of F(30 days) under 0.5",
     "topics",
     "down", "Aalen & Johansen 1978", "With strata, each topic of each stratum counts as one."),
    ("N7.worst", "Worst served topic", "lowest F(30 days) of a topic of 11 needs or more", "share", "up",
     "Aalen & Johansen 1978", "The lowest of many is low by chance too."),
    ("N7.pressing", "Most pressing unmet needs", "largest needs x (1 - F(30 days)) x severity of a topic", "needs",
     "down", "own rule on Aalen & Johansen 1978",
     "Severity from the table severity, else 1 for all. The note names the first three. Of 11 needs or more."),
    ("O1", "Outcomes within their goal", "people's last value inside its goal / people with a value", "share", "up",
     _W, "Needs the table outcomes, form share; each of a person counts once. One by one: --by outcome."),
    ("O1.bundle", "All-or-none bundle", "people who meet every topic of the bundle / people who count for every one",
     "share", "up", f"Nolan & Berwick 2006, 10.1001/jama.295.10.1168; {_W}", "Needs the table outcomes, form bundle."),
    ("O1.rate", "Events by 1,000 days", "values from low to high x 1,000 / days of membership", "events", "down",
     "Garwood 1936, 10.1093/biomet/28.3-4.437", "Needs the table outcomes, form rate, for example harm. Of members."),
    ("O1.gap", "Gap in outcomes", "largest - smallest share over strata (else sites) of 11 or more", "share", "down",
     _OWN,
     "Grows with the number of groups by chance."),
    ("O2", "Outcomes after a met need", "mean change around the first met need - mean change without one",
     "outcome's unit",
     "none", "difference in mean change; Welch interval", "An association with time order, not an effect."),
    ("O3", "Decisions that agree with the stated preference", "decisions coded 1 / decisions coded", "share", "up", _W),
    ("O4.finished", "Help that was started and given",
     "people asked or offering who replied / people asked or offering",
     "share", "up", _W),
    ("O4.days", "Days from being asked to having helped, median", "smallest t with 1 - S(t) >= 0.5", "days", "down",
     _KM, "To the first reply; saying no censors."),
    ("O4.steps", "Steps from being asked to having helped",
     "mean rows of the log that the helper wrote on the need, up to the first reply", "steps", "down",
     f"{_OWN}; normal interval", "What was done without a trace in the log is no step."),
    ("O4.minutes", "Minutes of a reply, median", "median of the minutes stated in replies", "minutes", "down", _OWN),
    ("O5.need", "Minutes a met need", "minutes of replies and tasks / needs confirmed", "minutes", "down", _OWN,
     "Only time that somebody wrote down."),
    ("O5.person", "Minutes a person who gave", "minutes of replies and tasks / people who gave them", "minutes",
     "none", _OWN),
    ("O5.money", "Money", "declared money / needs confirmed", "money", "down", _OWN,
     "Needs the table money. By site: what is declared for that site."),
)

COLLABORATION: tuple[Line, ...] = (
    ("C1.people", "People who made something together", "members with a co-production tie / members", "share", "up",
     f"Newman 2001, 10.1073/pnas.98.2.404; {_W}", "Resources with more than 30 people are left out."),
    ("C1.pairs", "Co-production ties", "pairs who worked on the same resource", "ties", "up", "Newman 2001"),
    ("C1.weight", "Strength of co-production", "mean of sum over resources of 1 / (k - 1), half-life 180 days",
     "weight",
     "up", "Newman 2001"),
    ("C1.left_out", "Resources too large to tie people", "resources with more than 30 people", "resources", "none",
     "Newman 2001"),
    ("C2", "Collaboration level", "1/4 sum over rungs r of r x share(highest rung = r), over tied pairs", "index", "up",
     "Camarinha-Matos & Afsarmanesh 2008, 10.1007/978-0-387-79424-2_2; rules ours",
     "A pair counts once; whether edits survive is not judged pair by pair."),
    *((f"C2.rung{r}", f"Pairs at rung {r}: {name}", f"pairs whose highest rung is {r} / pairs", "share",
       "none" if r < 3 else "up", "Camarinha-Matos & Afsarmanesh 2008; rules ours", rule)
      for r, name, rule in ((1, "networking", "One did something for the other."),
                            (2, "coordination", "Also acted on the same need or team."),
                            (3, "cooperation", "Also tasks in one team, or use of the other's resource with thanks."),
                            (4, "collaboration", "Also both wrote versions of one resource."))),
    ("C2.across", "Collaboration across roles", "pairs at rung 4 of two roles / pairs", "share", "up", _W),
    *((f"C3.ei.{by}", f"Ties across {by}s (E-I)", "(between - within) / (between + within)", "index", "up",
       "Krackhardt & Stern 1988, 10.2307/2786835",
       "Depends on group sizes; compare with earlier windows, not with others.")
      for by in ("role", "site")),
    *((f"C3.r.{by}", f"Mixing by {by}", "(tr e - sum e^2) / (1 - sum e^2)", "index", "down",
       "Newman 2003, 10.1103/PhysRevE.67.026126") for by in ("role", "site")),
    ("C3.three", "Made by three roles", "resources written by patient or family, clinician and researcher / written",
     "share",
     "up", _W),
    ("C4", "Answered ties", "L<-> / L", "share", "up", "Garlaschelli & Loffredo 2004, 10.1103/PhysRevLett.93.268701"),
    ("C4.rho", "Answered ties beyond chance", "(r - density) / (1 - density)", "index", "up",
     "Garlaschelli & Loffredo 2004"),
    ("C5.own", "Teams started by members", "teams not started by a steward / teams", "share", "up", _W),
    ("C5.days", "Days from need to team, median", "median of start - need stated", "days", "down", _OWN,
     "Teams that name their need."),
    ("C5.F90d", "Teams with a task done in 90 days", "1 - S(90 days) from start to first task", "share", "up", _KM),
    ("C5.roles", "Roles in a team", "mean over teams of 1 - sum p^2", "index", "up", "Blau 1977"),
    ("C6", "Survival of edits", "mean share of a contributor's text alive after 10 revisions or 90 days", "share", "up",
     "persistence, Adler & de Alfaro 2007, 10.1145/1242572.1242608", "As measured and written to the log."),
)

SHAPE: tuple[Line, ...] = (
    ("S2.degree", "Centralisation by ties", "sum (max k - k_i) / ((n - 1)(n - 2))", "index", "none",
     "Freeman 1979, 10.1016/0378-8733(78)90021-7", _SHAPE),
    ("S2.betweenness", "Centralisation by paths", "sum (max b - b_i) / most possible", "index", "none", "Freeman 1979",
     "From 128 sources at random beyond 128 people."),
    ("S3", "Modularity", "1/2m sum (A_ij - k_i k_j / 2m) [same community], best Leiden partition", "index", "none",
     "Newman & Girvan 2004; Traag et al. 2019, 10.1038/s41598-019-41695-z",
     "A search: the optimum is at least as high."),
    ("S3.n", "Communities", "communities of that partition", "communities", "none", "Traag et al. 2019"),
    ("S3.z", "Modularity beyond chance", "(mean Q of searches - mean of null networks) / their spread", "z", "none",
     "degree-preserving rewiring, Maslov & Sneppen 2002, 10.1126/science.1065103", _NULLS),
    ("S3.stability", "Stability of communities",
     "mean adjusted mutual information of the best with the other partitions",
     "index", "none", "Vinh et al. 2010, J Mach Learn Res 11:2837"),
    ("S4.C", "Transitivity", "3 triangles / paths of two ties", "share", "none",
     "Newman 2003, 10.1137/S003614450342480", _SHAPE),
    ("S4.L", "Mean path", "mean shortest path of the giant component", "steps", "none", "Watts & Strogatz 1998",
     "From 512 sources at random beyond 512 people; interval over sources."),
    ("S4.sigma", "Small world, sigma", "(C / C_r) / (L / L_r)", "ratio", "none",
     "Humphries & Gurney 2008, 10.1371/journal.pone.0002051", _NULLS),
    ("S4.omega", "Small world, omega", "L_r / L - C / C_l", "index", "zero",
     "Telesford et al. 2011, 10.1089/brain.2011.0038",
     f"{_NULLS} C_l of a ring lattice of the same mean degree."),
    ("S5.constraint", "Constraint, mean", "mean of sum over j of (p_ij + sum over q of p_iq p_qj)^2", "index", "none",
     "Burt 1992"),
    ("S5.size", "Effective size, mean", "mean of k - 2t / k", "people", "none", "Burt 1992; Borgatti 1997"),
    ("S6.core", "Innermost core", "largest k with a k-core", "ties", "none",
     "Seidman 1983, 10.1016/0378-8733(83)90028-X"),
    ("S6.share", "People in the innermost core", "people in it / members", "share", "none", "Seidman 1983"),
    ("S6.correlation", "Core and periphery", "correlation of ties with the ideal pattern of that core", "index", "none",
     "Borgatti & Everett 2000, 10.1016/S0378-8733(99)00019-2"),
    ("S6.patients", "Patients and families in the core", "patients and families / people in the innermost core",
     "share", "up", _W),
    ("S7", "Degree assortativity", "correlation of the degrees at the ends of ties", "index", "none",
     "Newman 2002, 10.1103/PhysRevLett.89.208701"),
    ("S8.hubs", "Hub dependence", "shortest paths with a steward inside / shortest paths between others", "share",
     "down",
     "own rule on Brandes 2001", "From 128 sources at random beyond 128 people."),
    ("S8.R", "Robustness", "1/N sum over q of the largest component after losing the q most tied", "index", "up",
     "Schneider et al. 2011, 10.1073/pnas.1009440108"),
    ("S8.drop", "Loss without the five most central", "1 - giant component without them / with them", "share", "down",
     _OWN),
    ("S9.kept", "Ties kept", "ties of the window before that are there again / its ties", "share", "none", _W,
     "Needs a window (--window) with as long a one before it. Ties are not independent."),
    ("S9.new", "Ties that are new", "ties not there in the window before / ties", "share", "none", _W,
     "As S9.kept. A temporal network model is for a stated hypothesis only."),
)

COMMONS: tuple[Line, ...] = (
    *((f"H1.{i}", f"Ostrom {i}: {name}", sign, "flag", "up", "Ostrom 1990; Cox et al. 2010, 10.5751/ES-03704-150428",
       "Evidence in the log, present or absent; or a third of the mean rating of 0 to 3 (table principles).")
      for i, name, sign in (
          (1, "boundaries", "rated by people"), (2, "rules fit local conditions", "a rule was enacted"),
          (3, "collective choice", "a vote was cast"), (4, "monitoring", "an audit was rated"),
          (5, "graduated sanctions", "two steps or more in use"), (6, "conflict resolution", "an appeal was decided"),
          (7, "right to organise", "a team was started by no steward"), (8, "nested enterprises", "rated by people"))),
    ("H1.min", "Ostrom, weakest", "least of those with evidence", "flag", "up", "Ostrom 1990"),
    ("H1.mean", "Ostrom, mean", "mean of those with evidence", "share", "up", "Ostrom 1990"),
    ("H2", "Takes without giving", "people who used something and gave nothing in 365 days / people who used", "share",
     "none", _W, "Descriptive: readers are beneficiaries, not cheats."),
    ("H2.draw", "Largest draw of an organisation", "its share of uses / its share of contributions", "ratio", "down",
     _OWN,
     "Needs the table organisations."),
    ("H2.flagged", "Organisations that draw three times what they give", "organisations with a ratio above 3",
     "organisations",
     "down", _OWN, "Flag only when two quarters in a row."),
    ("H3.births", "New versions a year", "versions made / years", "versions a year", "up", _OWN),
    ("H3.reuse", "Uses a new version", "uses / new versions", "ratio", "up", _OWN),
    ("H3.dead", "Dead stock", "versions a year old without a use or opening in 365 days / versions a year old", "share",
     "down", _W),
    ("H3.stale", "Past their review date", "resources past it / resources with one", "share", "down", _W),
    ("H3.orphan", "Without an active owner", "resources whose owner did nothing in 365 days, or none / resources",
     "share",
     "down", _W),
    ("H3.half_life", "Half-life of use", "time by which half of the used versions saw their last use", "days", "up",
     _KM,
     "A version unused for 365 days has seen its last use."),
    ("H4.author", "With an author", "versions with an author / versions", "share", "up", _W),
    *((f"H4.{key}", f"With {label}", f"versions with {label} / versions in the table", "share", "up",
       "FAIR, Wilkinson et al. 2016, 10.1038/sdata.2016.18", "Needs the table resources.")
      for key, label in (("licence", "a licence"), ("source", "a source"), ("language", "a language"), ("json_ld",
       "valid JSON-LD"))),
    ("H5.mean", "Helps a helper", "replies and reviews / people who gave them", "acts", "none",
     "normal interval over people"),
    ("H5.p90", "Helps of the ninth decile", "ninth decile over helpers", "acts", "down", _OWN),
    ("H5.top5", "Reviews by the five who review most", "their reviews / reviews", "share", "down", _W),
    ("H5.burnout", "Burnt-out helpers", "above the 95th percentile of a week for 4 weeks, then silent for 4 / helpers",
     "share", "down", _W),
    ("H6.open", "Open licence concerns", "concerns about a licence without a correction", "concerns", "down", _OWN),
    *((f"H6.{key}", f"Largest organisation's share of {key}", f"{key} of the organisation with most / {key}", "share",
       "down", _W, "Organisations from the table organisations; without it, a site is one.")
      for key in ("votes", "reviews", "owners")),
    ("H6.paths", "Largest organisation's share of paths",
     "shortest paths with one of its people inside / shortest paths between others", "share", "down",
     "Brandes 2001, 10.1080/0022250X.2001.9990249",
     "Of the organisation with the largest sum of betweenness. From 128 sources at random beyond 128 people."),
    ("H7.appealed", "Sanctions appealed", "sanctions appealed / sanctions", "share", "none", _W),
    ("H7.overturned", "Appeals that overturned", "overturned / decided", "share", "none", _W),
    ("H7.days", "Days to a decision, median", "median of decided - appealed", "days", "down", _OWN),
    ("H7.step", "Mean step of sanctions", "mean of steps 1 to 5", "step", "down", _OWN),
)

RIGOR: tuple[Line, ...] = (
    ("Q1", "Audited falsehood", "sum over classes of W_h x_h / n_h", "share", "down", f"stratified estimate; {_W}",
     "False when most raters say so; classes without an audit are left out."),
    ("Q1.ac1", "Agreement of auditors (AC1)", "(p_a - p_e) / (1 - p_e)", "index", "up",
     "Gwet 2008, 10.1348/000711006X126600"),
    ("Q1.alpha", "Agreement of auditors (alpha)", "1 - D_o / D_e", "index", "up", "Krippendorff 2004"),
    ("Q2", "Time to correction, median", "smallest t with 1 - S(t) >= 0.5, from making to correction", "days", "down",
     _KM,
     "Versions that a concern (wrong, unsafe) or an audit named, or that were corrected."),
    ("Q2.exposure", "Views before correction", "views of such versions before correction / their views", "share",
     "down", _W),
    ("Q3", "Graded claims", "versions of risk class 2 or 3 with a grade / such versions", "share", "up", _W),
    ("Q3.ac1", "Agreement of graders (AC1)", "(p_a - p_e) / (1 - p_e)", "index", "up",
     "Gwet 2008; 0.74 is the PEMAT anchor"),
    ("Q4", "Readable", "versions of class 0 to 2 at grade 6 or below / measured", "share", "up",
     f"Kincaid et al. 1975; {_W}"),
    ("Q4.smog", "Readable (SMOG)", "versions of class 0 to 2 at SMOG grade 6 or below / measured", "share", "up",
     f"McLaughlin 1969, J Reading 12:639-646; {_W}",
     "Made for 30 sentences; from fewer it is drawn out to 30, and is rougher."),
    ("Q4.pemat", "Understandable and actionable", "versions with both PEMAT-P scales at 70 % or more", "share", "up",
     "Shoemaker et al. 2014, 10.1016/j.pec.2014.05.027", "Needs the table pemat. Of versions rated on both scales."),
    ("Q5.helpful", "Helpful across viewpoints", "rated versions with the status helpful / rated versions", "share",
     "up",
     "Wojcik et al. 2022, arXiv:2210.15723", "Says nothing about truth."),
    ("Q5.intercept", "Bridging support, median", "median of i_n", "rating", "up", "Wojcik et al. 2022"),
    ("Q5.gac", "Consensus over roles, median", "median of GAC^(1/G)", "share", "up",
     "Small et al. 2021, 10.6035/recerca.5516"),
    ("Q5.missing", "Rated by too few of some role", "versions from which a role is missing / rated versions", "share",
     "down", _W),
    ("Q6.withdrawn", "Consents withdrawn", "withdrawn / given", "share", "none", _W),
    ("Q6.days", "Days from concern to action, median", "smallest t with 1 - S(t) >= 0.5", "days", "down", _KM),
    ("Q6.hidden", "People who hide their name", "people without a shown name / people", "share", "none", _OWN,
     "Needs the table names."),
    ("Q6.survey", "Trust in the network", "mean over people of answer / highest score", "share", "up",
     "own yearly survey; interval normal",
     "Needs the table survey_items, scale network. People may change what they mean by an answer (response shift)."),
    ("Q7.gini", "Concentration of ownership", "Gini of things owned, over owners", "index", "down", "Gini 1912"),
    ("Q7.patients", "Patients and families among owners", "patients and families / owners of a known role", "share",
     "up", _W),
    ("Q7.tenure", "Time in a role, median", "smallest t with 1 - S(t) >= 0.5", "days", "none", _KM),
    ("Q7.F90d", "Proposals in force within 90 days", "1 - S(90 days) from proposal to rule", "share", "up", _KM),
    ("Q7.deputies", "Posts with a named deputy", "posts with one / posts", "share", "up", _OWN,
     "Needs the table posts. A post is a thing that somebody owns."),
)

EQUITY: tuple[Line, ...] = (
    ("D1.C", "Concentration index of needs met", "2 / (n mu) sum y_i R_i - 1", "index", "zero",
     "Wagstaff et al. 1991, 10.1016/0277-9536(91)90212-U",
     "y: met within 30 days. Needs strata with ranks. Read with the level."),
    ("D1.E", "Erreygers index", "4 mu C / (b - a)", "index", "zero", "Erreygers 2009, 10.1016/j.jhealeco.2008.02.003"),
    ("D1.W", "Wagstaff index", "C / (1 - mu)", "index", "zero", "Wagstaff 2005, 10.1002/hec.953"),
    ("D1.slope", "Slope index of inequality", "slope of y on R", "share", "zero",
     "Mackenbach & Kunst 1997, 10.1016/S0277-9536(96)00073-1"),
    ("D1.relative", "Relative index of inequality", "slope / mean", "ratio", "zero", "Mackenbach & Kunst 1997"),
    ("D1.gap", "Gap between strata", "largest - smallest share, shrunk", "share", "down",
     "Efron & Morris 1975, 10.2307/2285814",
     "Strata of 11 needs or more. Goal: gap and level together; levelling down is no success."),
    ("D1.ratio", "Ratio between strata", "smallest / largest share, shrunk", "ratio", "up", "Efron & Morris 1975"),
    ("D2", "Representation of the lowest stratum", "its share of contributors / its share of members", "ratio", "up",
     _OWN,
     "Members are the denominator; the eligible population is better where it is known."),
)

MATURITY: tuple[Line, ...] = (
    ("M1", "Network maturity", "mean over raters of their mean stage in the last round", "stage", "up",
     "Lannon et al. 2021, 10.1002/lrh2.10232",
     f"Needs the table scores. Self-rated: read beside E2.climb and H1. {_DEDUCTIVE}"),
    ("M1.spread", "Spread between raters", "mean over components of the standard deviation", "stage", "none",
     "Lannon et al. 2021"),
    ("M1.change", "Change in maturity", "mean of last - round before, of those who rated both", "stage", "up",
     "paired, normal interval"),
)
# fmt: on

#: Measures that need to tell days or months apart.
_FINEST = {"E5": DAY_US}


def declared_here() -> Iterator[Declared]:
    """Every declaration of this module, in order."""
    for line in (*FULFILMENT, *ENGAGEMENT, *COLLABORATION, *SHAPE, *COMMONS, *RIGOR, *EQUITY, *MATURITY):
        id_, name, formula, unit, direction, source, *rest = line
        yield Declared(id_, name, formula, unit, direction, source, rest[0] if rest else "", _FINEST.get(id_, 0))
