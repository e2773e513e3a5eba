"""What no look at the files of a worktree shows, and what would be gone with it none the less."""
