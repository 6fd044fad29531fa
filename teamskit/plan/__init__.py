"""Changes, plans, limits, the journal and the engine that carries a plan out. Knows doers, not Teams."""

from teamskit.plan.change import Action, Change, LeftOut, Risk, Target
from teamskit.plan.engine import Doer, Ledgering, Outcome, apply_plan, settle
from teamskit.plan.journal import Journal, Recorded
from teamskit.plan.plan import Bound, Plan, read_plan
from teamskit.plan.runs import Noted, Run, runs_of

__all__ = [
    "Action",
    "Bound",
    "Change",
    "Doer",
    "Journal",
    "Ledgering",
    "LeftOut",
    "Noted",
    "Outcome",
    "Plan",
    "Recorded",
    "Risk",
    "Run",
    "Target",
    "apply_plan",
    "read_plan",
    "runs_of",
    "settle",
]
