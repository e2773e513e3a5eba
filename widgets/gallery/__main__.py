"""`python -m widgets.gallery`: the board with made-up cards and no hub; with `mail`, a team behind it."""

from widgets.gallery.boards import main

main()
