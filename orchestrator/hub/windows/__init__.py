"""Windows on the tmux server that are not of this journal."""
