"""The model network: a simulator that writes the same events as the live one."""

from coproduce.simulator.engine import engine_for, prepare, run
from coproduce.simulator.example_times import example_times
from coproduce.simulator.result import Result
from coproduce.simulator.rules import own_rule
from coproduce.simulator.scenario import Scenario, load, names
from coproduce.simulator.stages import STAGES

__all__ = ["STAGES", "Result", "Scenario", "engine_for", "example_times", "load", "names", "own_rule", "prepare", "run"]
