"""`monitor completion`: a shell's script that completes commands, options, and the names of config.toml. It reads nothing."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from monitor.cli import COMPLETE_VAR

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="bash|zsh|fish")
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print a script with which a shell completes commands, options, and the outlets, watches and channels of config.toml.

    \b
    bash   mkdir -p ~/.local/share/bash-completion/completions
           monitor completion bash > ~/.local/share/bash-completion/completions/monitor
    zsh    mkdir -p ~/.zfunc
           monitor completion zsh > ~/.zfunc/_monitor
           with  fpath+=~/.zfunc; autoload -Uz compinit; compinit  in ~/.zshrc
    fish   mkdir -p ~/.config/fish/completions
           monitor completion fish > ~/.config/fish/completions/monitor.fish

    It holds in shells that are started from then on.
    """  # noqa: D301  \b is click's sign for lines to be left as they are
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"no script for {shell} is known")
    made = script(ctx.find_root().command, {}, "monitor", COMPLETE_VAR)
    click.echo(made.source_template % made.source_vars())
