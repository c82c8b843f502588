"""Words in, exit code out: one module per group of commands, imported only when its command is asked for.

Exit codes: 0 well; 1 failed; 2 usage or configuration; 3 `check --online`: some outlet did not answer; 75 another instance runs;
77 no permission; 78 refused to start; 130 interrupted.
"""

from __future__ import annotations

import importlib
import keyword
import sys

import click

from monitor.errors import (
    AlreadyRunningError,
    ConfigError,
    MonitorError,
    NoPermissionError,
    QueryError,
    RefusedError,
    SearchError,
)

COMMANDS = {
    "init": ("setting_up", "Write a short config.toml and say what to do next"),
    "demo": ("demonstrating", "Run the whole line over a few invented outlets on this machine"),
    "add": ("setting_up", "Find the feed behind any page and write its line into config.toml"),
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
    "export": ("exporting", "Give evidence of what was found, with hashes and fetch times; --verify checks what was kept"),
    "db": ("mending", "The database: where it is, is it whole? Back it up, put a backup back, make it smaller"),
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


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order in which a person meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None where there is no such command."""
        del ctx
        if cmd_name not in COMMANDS:
            import difflib  # noqa: PLC0415  for a slip alone

            if near := difflib.get_close_matches(cmd_name, COMMANDS, 1):
                raise click.UsageError(f'No such command "{cmd_name}". Did you mean "{near[0]}"?')
            return None
        module = importlib.import_module(f"monitor.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-c", "--config", "config", metavar="FILE", help="The config.toml to use.")
@click.version_option(package_name="outlet-monitor", message="monitor %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: str | None) -> None:
    """Watch news outlets: poll their feeds, read what is new, alert on watched words, write a digest."""
    ctx.obj = config
    if ctx.invoked_subcommand is None:
        from monitor.cli.finding import next_step  # noqa: PLC0415  only click is imported eagerly

        click.echo(next_step(config))


def main(args: list[str] | None = None) -> int:
    """Run one command; gives its exit code."""
    try:
        code = cli.main(args=args, prog_name="monitor", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read the output has gone, and has what they wanted
        sys.stderr.close()
        return 0
    except OSError as error:
        click.echo(f"{error.filename or 'output'}: {error.strerror}", err=True)
        return 1
    except MonitorError as error:
        click.echo(str(error), err=True)
        return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)
    return code if isinstance(code, int) else 0
