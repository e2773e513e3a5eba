"""The conversations of sessions: their files, their contents, and other processes that have them open."""
