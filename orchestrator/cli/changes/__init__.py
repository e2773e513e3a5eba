"""`orch pr`: the change requests of cards, which GitHub calls pull requests."""
