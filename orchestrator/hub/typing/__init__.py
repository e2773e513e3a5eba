"""What is typed into the panes of sessions, and when it may be."""
