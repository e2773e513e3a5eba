"""What the files of a worktree do not show, and what would be lost with it nevertheless."""
