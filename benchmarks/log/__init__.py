"""The event log: appending beside other writers, reading into a frame, checking the chain."""
