"""A rule of one's own: activation falls back by half of each gain, as habits do, unless a need was just met.

Try it: coproduce simulate seid2021 --rule habit_rule:habit
"""

import numpy as np

from coproduce.simulator import own_rule
from coproduce.simulator.stages.moved import activation_moves


@own_rule(replaces="activation_moves")
def habit(world):
    """Activation moves as in the model, but only half of a gain stays with who had no need met."""
    before = world.people.activation.copy()
    activation_moves(world)
    gain = np.maximum(world.people.activation - before, 0.0)
    world.people.activation -= 0.5 * gain * (world.met == 0)
