"""What scripts, prompts and shells ask: `orch status`, `orch wait`, `orch completion`."""
