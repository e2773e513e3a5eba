"""The hub's part in working with forges."""
