"""Which cards of a repository change the same files, whether git can merge them, and in what order to land
them."""
