"""config.toml → Config, or every fault with its line; old and new Config → Changes; edits that keep all comments.

The only station that reads settings and the only door to pydantic and tomlkit. It touches config.toml, the credential files
beside it or in $CREDENTIALS_DIRECTORY, the certificates that it names, and nothing else. ``edited``, which needs tomlkit, is
imported by whoever edits.
"""

from monitor.config.compared import Changes, changes, new_warnings
from monitor.config.faults import did_you_mean
from monitor.config.lines import KeyPath
from monitor.config.loaded import fingerprint, load, placed, state_of
from monitor.config.places import locate
from monitor.config.queries import members, outlets_in, resolved
from monitor.config.starter import free_id, group_name, short_config
from monitor.config.values import language_of, word

__all__ = [
    "Changes",
    "KeyPath",
    "changes",
    "did_you_mean",
    "fingerprint",
    "free_id",
    "group_name",
    "language_of",
    "load",
    "locate",
    "members",
    "new_warnings",
    "outlets_in",
    "placed",
    "resolved",
    "short_config",
    "state_of",
    "word",
]
