"""The simulator's side of the live network: the example network, later scenarios and forecasts."""
