"""-q and -v, before a command or after it → what is said beside the data: on standard error, and only as loud as was asked."""

from __future__ import annotations

import click

QUIET, VERBOSE = "monitor.quiet", "monitor.verbose"
"""Where the contexts of one run keep what was asked."""


def heard(ctx: click.Context, param: click.Parameter, value: object) -> bool:
    """Remember what was asked, and give what was: a command's own option and that before it say the same."""
    key = f"monitor.{param.name}"
    ctx.meta[key] = bool(value) or bool(ctx.meta.get(key))
    return bool(ctx.meta[key])


def options(*, exposed: bool) -> tuple[click.Option, ...]:
    """Give -q and -v; ``exposed``: the command takes them as arguments."""
    return (
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            callback=heard,
            expose_value=exposed,
            help="Say only what is wrong, and give the data.",
        ),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            callback=heard,
            expose_value=exposed,
            help="Say more: which config, which database.",
        ),
    )


def give_options(command: click.Command) -> click.Command:
    """Give a command, and each below it, -q and -v where it has none of its own."""
    if not any(param.name == "quiet" for param in command.params):
        command.params += options(exposed=False)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            give_options(each)
    return command


def is_quiet() -> bool:
    """Say whether only what is wrong is wanted."""
    return _asked(QUIET)


def remark(words: str) -> None:
    """Say something beside the data, unless -q was given."""
    if not is_quiet():
        click.echo(words, err=True)


def detail(words: str) -> None:
    """Say something beside the data where -v was given."""
    if _asked(VERBOSE) and not is_quiet():
        click.echo(words, err=True)


def _asked(key: str) -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(key))
