"""Networks, bridging and projections at full size."""
