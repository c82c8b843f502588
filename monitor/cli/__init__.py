"""Words in, exit code out: one module per group of commands, imported only when its command is asked for.

Exit codes: 0 well; 1 failed; 2 usage or configuration; 3 `check --online`: some outlet did not answer; 75 another instance runs;
77 no permission; 78 refused to start; 130 interrupted.
"""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.examples import example
from monitor.cli.mask import private
from monitor.cli.volume import give_options, options
from monitor.errors import (
    AlreadyRunningError,
    ConfigError,
    MonitorError,
    NoPermissionError,
    QueryError,
    RefusedError,
    SearchError,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": ("setting_up", "Write a short config.toml and say what to do next"),
    "demo": ("demonstrating", "Run the whole line over a few invented outlets on this machine"),
    "add": ("adding", "Find the feed behind any page and write its line into config.toml"),
    "remove": ("editing", "Take an outlet out of config.toml; what is stored of it stays"),
    "pause": ("editing", "Poll an outlet no more, until it is resumed"),
    "resume": ("editing", "Poll a paused outlet again"),
    "import": ("subscribing", "Add the feeds of an OPML file, as every feed reader writes one, to config.toml"),
    "check": ("checking", "Name every fault of config.toml with its line; --online asks every outlet once"),
    "try": ("trying", "What would a watch, a query or a list of words have matched in what is stored?"),
    "run": ("running", "Watch: poll, read, alert, write digests; --once does it one time and leaves"),
    "status": ("looking", "Last answers, next polls, watches, the outbox, what is wrong"),
    "search": ("searching", "Find stored items by their words, in any spelling"),
    "why": ("reasoning", "One item's whole way: polled? seen? text? which watch found it, or why not? alert sent?"),
    "show": ("showing", "One item: where its text came from, what was found, its edits, what proves it"),
    "suggest": ("suggesting", "Other scripts and spellings of a name, to paste into a watch"),
    "alert": ("alerting", "Try the channels (`alert test`), mute a watch for a while, acknowledge a story"),
    "digest": ("digesting", "Show what was found and what was not seen, now; --send sends it"),
    "export": (
        "exporting",
        "Give evidence of what was found, with hashes and fetch times; --verify checks it; --opml: the outlets",
    ),
    "db": ("mending", "The database: where it is, is it whole? Back it up, put a backup back, make it smaller"),
    "service": ("serving", "Run it as a service: `service install` writes the systemd unit and says the next command"),
    "completion": ("completing", "Print a script with which bash, zsh or fish completes all this"),
}
"""Each command's module below this package and its line of help: `monitor --help` imports none of them."""

EXIT_CODES: tuple[tuple[type[MonitorError], int], ...] = (
    (ConfigError, 2),
    (SearchError, 2),
    (QueryError, 2),
    (AlreadyRunningError, 75),
    (NoPermissionError, 77),
    (RefusedError, 78),
)
INTERRUPTED = 130
COMPLETE_VAR = "_MONITOR_COMPLETE"
"""Set by the shell's script that `monitor completion` prints: it is a shell that asks."""


class ReaderGoneError(Exception):
    """Whoever read the output has gone, and has what they wanted."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order in which a person meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module. Raises NoSuchCommand, which knows the others; None where that is asked by a shell."""
        if cmd_name not in COMMANDS:
            if ctx.resilient_parsing:
                return None
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)
        module = importlib.import_module(f"monitor.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name)
        if COMPLETE_VAR in os.environ:
            from monitor.cli.naming import give_names  # noqa: PLC0415  for a shell alone

            give_names(command)
        return _with_examples(give_options(command), f"monitor {cmd_name}")

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  click's own
        """Run the command. Raises ReaderGoneError where nobody reads its output any more: click would end it as failed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `monitor help` and `monitor help why` as a person means them."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands from the table: click would import each of them for its help."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  for a shell alone

        commands = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _with_examples(command: click.Command, path: str) -> click.Command:
    """End the help of a command, and of each below it, with an example."""
    if shown := example(path):
        command.epilog = f"For example: {shown}"
    for name, each in command.commands.items() if isinstance(command, click.Group) else ():
        _with_examples(each, f"{path} {name}")
    return command


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
# a path for the shell, which completes it; whether it can be read is told where it is
@click.option("-c", "--config", "config", metavar="FILE", type=click.Path(readable=False), help="The config.toml to use.")
@click.version_option(package_name="outlet-monitor", message="monitor %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: str | None) -> None:
    """Watch news outlets: poll their feeds, read what is new, alert on watched words, write a digest."""
    ctx.obj = config
    if ctx.invoked_subcommand is None:
        from monitor.cli.finding import next_step  # noqa: PLC0415  only click is imported eagerly

        click.echo(next_step(config))


cli.params[1:1] = options(exposed=False)


def main(args: list[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    with private():
        return _ran(args)


def _ran(args: list[str] | None) -> int:
    try:
        code = cli.main(args=args, prog_name="monitor", complete_var=COMPLETE_VAR, standalone_mode=False)
        # what the reader did not want any more must be known here, not when Python ends
        sys.stdout.flush()
    except (ReaderGoneError, BrokenPipeError):
        _leave_quietly()
        return 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (click.ClickException, OSError, MonitorError) as error:
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: click.ClickException | OSError | MonitorError) -> int:
    """Say what went wrong; gives the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return 2
    if isinstance(error, click.ClickException):
        from monitor.cli.voice import said  # noqa: PLC0415  for a slip alone

        click.echo(said(error), err=True)
        return 2
    if isinstance(error, OSError):
        click.echo(f"{error.filename or 'output'}: {error.strerror}", err=True)
        return 1
    click.echo(str(error), err=True)
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)


def _leave_quietly() -> None:
    """Let what Python still holds go nowhere, without a word."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        # in a test it is no file
        sys.stderr.close()
