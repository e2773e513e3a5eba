"""`orch phone`: the page for phones."""
