"""What the hub does for each request: a table for each subject."""
