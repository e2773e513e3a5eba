"""GitHub and GitHub Enterprise, by PyGithub, which is loaded with the first request."""
