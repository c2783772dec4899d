"""One tick, in the order of the one path, written once as data."""

from coproduce.simulator.stages.plan import STAGES, Step, active

__all__ = ["STAGES", "Step", "active"]
