"""The hub's handlers for requests: a table for each subject."""
