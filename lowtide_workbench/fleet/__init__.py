"""The model of a fleet: pools, routing, provisioning, scaling; seconds and counts, no AWS."""
