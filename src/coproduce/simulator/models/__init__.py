"""Models with rules of their own: workloads and replications of published models, beside the network model."""
