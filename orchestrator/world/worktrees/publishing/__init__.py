"""Publishing a branch: pushed with the person's own credentials, and what its change request is to say."""
