"""Units that many parameters share."""

RATE = "1/tick"
SHARE = "share"
FACTOR = "factor"
MOTIVE = "motive"
