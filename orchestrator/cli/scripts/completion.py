"""`orch completion`: the script that a shell loads to complete verbs, options and names of cards."""

import click
from click.shell_completion import get_completion_class

from orchestrator.cli.group import verb

_HOW = {
    "bash": 'Add to ~/.bashrc: eval "$(orch completion bash)". Needs bash 4.4 or newer.',
    "zsh": 'Add to ~/.zshrc, after compinit: eval "$(orch completion zsh)"',
    "fish": "Run once: orch completion fish > ~/.config/fish/completions/orch.fish",
}


@verb("completion")
@click.argument("shell", type=click.Choice([*_HOW]))
def completion(shell: str) -> None:
    found = get_completion_class(shell)
    assert found is not None
    made = found(click.Group("orch"), {}, "orch", "_ORCH_COMPLETE")
    click.echo(made.source_template % made.source_vars())


completion.epilog = " ".join(_HOW.values())
