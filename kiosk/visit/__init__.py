"""One visit: states, events, effects, ``step(visit, event) -> (visit, effects)``, views and invariants. Pure."""
