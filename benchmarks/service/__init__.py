"""The live network, served as a real one is: from a cold start to every page of the example."""
