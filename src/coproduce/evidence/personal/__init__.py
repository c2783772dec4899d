"""Personal (N-of-1) trials: design, exact analysis, and what to tell the person."""
