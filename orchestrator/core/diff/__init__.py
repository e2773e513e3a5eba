"""What changed between two trees of a repository: files, and the lines of each."""
