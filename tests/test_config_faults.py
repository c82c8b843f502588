"""Every kind of fault in config.toml, word for word: its line, its key, what was wrong and what was wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import did_you_mean, load
from monitor.errors import ConfigError

LONG_SELECTOR = '[outlets]\nx = { feed = "https://a.example", selector = "' + ":not(" * 120 + '" }'
FAULTS = [
    ("outlets = 5", "config.toml:1: outlets: must be a table: [outlets]"),
    ("[outlets]\nx = 5", 'config.toml:2: outlets.x: must be an address in quotes, or a table: { feed = "https://..." }'),
    ('[outlets]\n"a b" = "https://x.example"', 'config.toml:2: outlets."a b": an id is letters, digits, - and _ only'),
    ('[outlets]\nx = "https:///rss"', 'config.toml:2: outlets.x.feed: "https:///rss" has no host name in it'),
    (
        '[outlets]\nx = "https://orontes..example/rss"',
        'config.toml:2: outlets.x.feed: "https://orontes..example/rss" has a host name that no host can have',
    ),
    (
        f'[outlets]\nx = "https://{"a" * 64}.example/rss"',
        f'config.toml:2: outlets.x.feed: "https://{"a" * 64}.example/rss" has a host name that no host can have',
    ),
    (
        '[outlets]\nx = "https://[fe80::1%25eth0]/rss"',
        'config.toml:2: outlets.x.feed: "https://[fe80::1%25eth0]/rss" has a host name that no host can have',
    ),
    (
        '[outlets]\nx = "https://orontes.example:0/rss"',
        'config.toml:2: outlets.x.feed: "https://orontes.example:0/rss" has a port that no host can have',
    ),
    ('[outlets]\nx = "https://[::1/rss"', 'config.toml:2: outlets.x.feed: "https://[::1/rss" is no address that can be read'),
    (
        '[outlets]\nx = "https://h:99999/rss"',
        'config.toml:2: outlets.x.feed: "https://h:99999/rss" is no address that can be read',
    ),
    (
        '[outlets]\nx = "https://a b/rss"',
        'config.toml:2: outlets.x.feed: "https://a b/rss" has a space or a control character in it',
    ),
    ('[outlets]\nx = "key=hunter2"', 'config.toml:2: outlets.x.feed: "****" has no https:// in front'),
    (
        '[outlets]\npassword = "hunter2.example"',
        (
            "config.toml:2: outlets.password: this is a secret in plain text. Put it in a file and write "
            '{ file = "NAME" }, or { env = "NAME" }'
        ),
    ),
    (
        f"[outlets]\nx = {{ {'.'.join('a' * 20_000)} = 1 }}",
        "config.toml:2: this is a key of more than 100 parts; the longest here has four",
    ),
    (
        '[outlets]\nx = "https://someone@h.example/rss"',
        (
            'config.toml:2: outlets.x.feed: "https://****@h.example/rss" has a user name in it. Use headers = { '
            'Authorization = { env = "NAME" } }'
        ),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", feeds = ["https://b.example"] }',
        'config.toml:2: outlets.x: has both feed and feeds. Write all of them as feeds = ["...", "..."]',
    ),
    (
        '[outlets]\nx = { feeds = ["https://a.example", "https://a.example"] }',
        "config.toml:2: outlets.x.feeds: lists the same feed twice",
    ),
    ('[outlets]\nx = { feed = "https://a.example", paused = 1 }', "config.toml:2: outlets.x.paused: must be true or false"),
    (
        '[outlets]\nx = { feed = "https://a.example", every = "15 minutes" }',
        ('config.toml:2: outlets.x.every: "15 minutes" is no span of time. Write it as "90s", "15m", "6h" or "1d"'),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", every = "99999d" }',
        'config.toml:2: outlets.x.every: "99999d" is over ten years',
    ),
    (
        '[outlets]\n[outlets.x]\nfeed = "https://a.example"\nselector = "#content >"',
        (
            'config.toml:4: outlets.x.selector: "#content >" is no CSS selector (Expected selector, got <EOF at '
            '10>). Write it as "#content" or "article .text"'
        ),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", selector = "p::before" }',
        (
            'config.toml:2: outlets.x.selector: "p::before" is no CSS selector (Pseudo-elements are not '
            'supported.). Write it as "#content" or "article .text"'
        ),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", selector = "x|p" }',
        (
            'config.toml:2: outlets.x.selector: "x|p" is no CSS selector (Undefined namespace prefix). Write it as '
            '"#content" or "article .text"'
        ),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", selector = "p:nope" }',
        (
            'config.toml:2: outlets.x.selector: "p:nope" is no CSS selector (The pseudo-class :nope is unknown). '
            'Write it as "#content" or "article .text"'
        ),
    ),
    ('[outlets]\nx = { feed = "https://a.example", selector = " " }', "config.toml:2: outlets.x.selector: is empty"),
    (
        '[outlets]\nx = { feed = "https://a.example", selector = ["p"] }',
        "config.toml:2: outlets.x.selector: must be text in quotes",
    ),
    (LONG_SELECTOR, "config.toml:2: outlets.x.selector: has more than 500 characters"),
    (
        '[outlets]\nx = { feed = "https://a.example", headers = { "a b" = "c" } }',
        'config.toml:2: outlets.x.headers."a b": is not the name of a header',
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", headers = { A = "b\\nC: d" } }',
        ("config.toml:2: outlets.x.headers.A: a header takes printable ASCII only, and this has something else in it"),
    ),
    (
        '[watches]\nx = "Idlib"',
        'config.toml:2: watches.x: must be a list of words, ["...", "..."], or a table: { any = ["..."] }',
    ),
    (
        '[watches]\nx = [\n  "Idlib",\n  "-",\n]',
        "config.toml:4: watches.x.any: this has '-', in which there is no letter to look for",
    ),
    (
        '[watches]\nx = { none = ["a-b"] }',
        'config.toml:2: watches.x: has nothing to look for. Write any = ["..."] or all = ["..."]',
    ),
    ('[watches]\nx = ["É"]', "config.toml:2: watches.x.any: this has 'É', which would match nearly everything"),
    ('[watches]\nx = ["\\u064B\\u0640"]', "config.toml:2: watches.x.any: this has 'ًـ', in which there is no letter to look for"),
    (
        '[watches]\nx = { any = ["Idlib"], in = ["body"] }',
        'config.toml:2: watches.x.in: "body" is no part of an item. There are "title", "summary" and "text"',
    ),
    (
        '[watches]\nx = { any = ["Idlib"], outlets = ["@north"] }',
        'config.toml:2: watches.x.outlets: no outlet has the group "north". There is none',
    ),
    (
        '[watches]\nx = { any = ["Idlib"], groups = ["north"] }',
        'config.toml:2: watches.x.groups: no outlet has the group "north". There is none',
    ),
    (
        '[watches]\nx = { any = ["Idlib"], labels = ["agency"] }',
        'config.toml:2: watches.x.labels: no outlet has the label "agency". There is none',
    ),
    (
        '[watches]\nx = { any = ["Idlib"], languages = ["arabic"] }',
        'config.toml:2: watches.x.languages: "arabic" is no language code. Write it as "ar"',
    ),
    (
        '[watches]\nx = { any = ["Idlib"], languages = [] }',
        "config.toml:2: watches.x.languages: is an empty list. Write one at least",
    ),
    (
        '[watches]\nx = { any = ["Idlib"], look_back = "often" }',
        'config.toml:2: watches.x.look_back: "often" is no span of time. Write it as "90s", "15m", "6h" or "1d"',
    ),
    (
        '[watches]\nx = { query = "Idlib", any = ["Harim"] }',
        ("config.toml:2: watches.x.any: stands beside query. Keep one of the two: a query has NOT and OR for them"),
    ),
    ('[watches]\nx = { query = "Idlib outlet:north" }', 'config.toml:2: watches.x.query: no outlet "north". There is none'),
    (
        '[watches]\nx = { query = "Idlib outlet:@north" }',
        'config.toml:2: watches.x.query: no outlet has the group "north". There is none',
    ),
    (
        '[watches]\nx = { query = "NOT Idlib" }',
        (
            "config.toml:2: watches.x.query: column 1: this could be true without any word of the query: NOT and "
            "filters (lang:, outlet: …) only narrow what words find, so each branch of OR needs a word to look "
            "for\n  NOT Idlib\n  ^"
        ),
    ),
    ('[watches]\nx = { query = ["Idlib"] }', "config.toml:2: watches.x.query: must be text in quotes"),
    (
        (
            '[outlets]\na = { feed = "https://a.example", groups = ["north"] }\nb = { feed = "https://b.example", '
            'label = "agency" }\n[watches]\nx = { any = ["Idlib"], groups = ["north"], labels = ["agency"] }'
        ),
        ("config.toml:5: watches.x: no outlet is in all that outlets, groups and labels name, so nothing would be asked"),
    ),
    (
        '[channels.x]\ntype = "apprise"',
        'config.toml:1: channels.x.url: this is missing. Write url = { file = "NAME" }, or { env = "NAME" }',
    ),
    ('[channels.x]\ntype = "apprise"\nurl = []', "config.toml:3: channels.x.url: is an empty list. Write one at least"),
    (
        '[channels.x]\ntype = "apprise"\nurl = "json://a.example/x"',
        (
            "config.toml:3: channels.x.url: tells whoever knows it how to write to your desk, so all of it is a "
            'secret. Put the address in a file and write { file = "NAME" }, or { env = "NAME" }'
        ),
    ),
    (
        '[channels.x]\ntype = "apprise"\nurl = ["json://a.example"]',
        (
            "config.toml:3: channels.x.url: tells whoever knows it how to write to your desk, so all of it is a "
            'secret. Put the address in a file and write { file = "NAME" }, or { env = "NAME" }'
        ),
    ),
    (
        '[channels.x]\ntype = "apprise"\nurl = { env = "PUSH" }',
        'config.toml:3: channels.x.url: the environment variable "PUSH" is not set',
    ),
    (
        '[channels.x]\ntype = "apprise"\nurl = { env = "PLAIN" }',
        (
            "config.toml:3: channels.x.url: what is kept there is no Apprise address, such as "
            '"ntfys://token@ntfy.example.org/topic"'
        ),
    ),
    ('[channels.x]\ntype = "command"', 'config.toml:1: channels.x.run: this is missing. Write run = ["/usr/local/bin/siren"]'),
    (
        '[channels.x]\ntype = "command"\nrun = "siren --loud"',
        (
            'config.toml:3: channels.x.run: must be a list: ["/usr/local/bin/siren", "--loud"]. No shell reads it, '
            "so each word stands by itself"
        ),
    ),
    ('[channels.x]\ntype = "command"\nrun = []', "config.toml:3: channels.x.run: is an empty list. Write one at least"),
    (
        '[channels.x]\ntype = "command"\nrun = ["", "x"]',
        "config.toml:3: channels.x.run: begins with an empty word. The first is the program",
    ),
    ('[channels.x]\ntype = "command"\nrun = ["/bin/siren", 1]', "config.toml:3: channels.x.run: must be text in quotes"),
    (
        '[channels.x]\ntype = "command"\nrun = ["/bin/siren", "a\\u0000"]',
        "config.toml:3: channels.x.run: has a NUL in it, which no program can be given",
    ),
    (
        '[channels.x]\ntype = "command"\nrun = ["bin/siren"]',
        (
            'config.toml:3: channels.x.run: "bin/siren" depends on where the monitor was started. Write the whole '
            'path, "/usr/local/bin/siren"'
        ),
    ),
    ('[channels.x]\ntype = "emial"', 'config.toml:2: channels.x.type: no kind of channel "emial". Did you mean "email"?'),
    (
        '[channels.x]\nurl = "https://x.example"',
        ("config.toml:1: channels.x.type: this is missing or no text. There are: log, webhook, email, command, apprise"),
    ),
    ('[channels.x]\ntype = "webhook"', 'config.toml:1: channels.x.url: this is missing. Write url = "https://..."'),
    ("[digest]\nat = 06:00:00", 'config.toml:2: digest.at: must be a time in quotes, or a list of them: ["06:00"]'),
    ('[digest]\nat = "6:00"', 'config.toml:2: digest.at: "6:00" is no time of day. Write it as "06:00"'),
    ("[digest]\nat = []", 'config.toml:2: digest.at: has no time in it. Write at least one: ["06:00"]'),
    ('[digest]\nat = "06:00"\ncron = "0 6 * * *"', "config.toml:3: digest.cron: stands beside at. Keep one of the two"),
    (
        '[digest]\ncron = "0 6 * *"',
        (
            'config.toml:2: digest.cron: "0 6 * *" has 4 fields, not five: minute, hour, day, month, weekday, as '
            'in "0 6 * * mon-fri"'
        ),
    ),
    (
        '[digest]\ncron = "0 6 * * mon,moon"',
        "config.toml:2: digest.cron: \"0 6 * * mon,moon\" has 'moon' as its weekday, which is not understood",
    ),
    ('[digest]\ncron = "0 6 30 2 *"', 'config.toml:2: digest.cron: "0 6 30 2 *" names a day that its month never has'),
    (
        '[digest]\nformats = ["pdf"]',
        'config.toml:2: digest.formats: "pdf" is no form of the digest. There are: "html", "md", "json", "atom"',
    ),
    ('[digest]\nformats = ["htm"]', 'config.toml:2: digest.formats: "htm" is no form of the digest. Did you mean "html"?'),
    ("[digest]\nformats = []", "config.toml:2: digest.formats: is an empty list. Write one at least"),
    ('[digest]\nkeep = "6h"', 'config.toml:2: digest.keep: "6h" is under a day. The shortest is "1d"'),
    ('[digest]\nsend = ["mail"]', 'config.toml:2: digest.send: no channel "mail". There are: log'),
    (
        '[watches]\nidlib = ["Idlib"]\n[digest]\nwatches = ["idlb"]',
        'config.toml:4: digest.watches: no watch "idlb". Did you mean "idlib"?',
    ),
    ("[digest]\noutlets = []", "config.toml:2: digest.outlets: is an empty list. Write one at least"),
    ("[digest.week]\nwatches = []", "config.toml:2: digest.week.watches: is an empty list. Write one at least"),
    ('[digest.week]\nat = "06:00"\ncron = "0 6 * * *"', "config.toml:3: digest.week.cron: stands beside at. Keep one of the two"),
    (
        '[digest.week]\ncron = "0 6 * * moon"',
        "config.toml:2: digest.week.cron: \"0 6 * * moon\" has 'moon' as its weekday, which is not understood",
    ),
    ('[digest.week]\nsent = ["log"]', 'config.toml:2: digest.week.sent: no such key "sent". Did you mean "send"?'),
    (
        '[digest.week]\ndir = "x"',
        ('config.toml:2: digest.week.dir: no such key "dir". There are: at, cron, formats, send, watches, outlets, keep'),
    ),
    ('[digest.week]\nsend = ["lgo"]', 'config.toml:2: digest.week.send: no channel "lgo". Did you mean "log"?'),
    (
        '[outlets]\na = "https://a.example"\n[digest.week]\noutlets = ["a", "b"]',
        'config.toml:4: digest.week.outlets: no outlet "b". There are: a',
    ),
    (
        '[outlets]\na = { feed = "https://a.example", groups = ["north"] }\n[digest.week]\noutlets = ["@nroth"]',
        'config.toml:4: digest.week.outlets: no outlet has the group "nroth". Did you mean "@north"?',
    ),
    ('[digest.send]\nat = "07:00"', "config.toml:1: digest.send: is a key of [digest], so no digest can be called so"),
    (
        '[digest.stories]\nat = "07:00"',
        "config.toml:1: digest.stories: is a folder of the archive, so no digest can be called so",
    ),
    ('[digest."a b"]\nat = "07:00"', 'config.toml:1: digest."a b": an id is letters, digits, - and _ only'),
    (
        "[digest]\nweekly = 7",
        ('config.toml:2: digest.weekly: no such key "weekly". There are: at, cron, formats, send, watches, outlets, keep, dir'),
    ),
    (
        '[health]\nwarn_after = "60s"',
        'config.toml:2: health.warn_after: "60s" is under five minutes, in which few are asked twice. The shortest is "5m"',
    ),
    ('[health]\nalert = ["lgo"]', 'config.toml:2: health.alert: no channel "lgo". Did you mean "log"?'),
    ('[health]\nwarn_afer = "6h"', 'config.toml:2: health.warn_afer: no such key "warn_afer". Did you mean "warn_after"?'),
    (
        '[health]\nping = "https://switch.example/x"',
        (
            "config.toml:2: health.ping: whoever knows it can say that all is well, so all of it is a secret. "
            'Put the address in a file and write { file = "NAME" }, or { env = "NAME" }'
        ),
    ),
    ('[health]\nping = { env = "PLAIN" }', "config.toml:2: health.ping: what is kept there is no https:// or http:// address"),
    ("[health]\nmetrics = 9464", "config.toml:2: health.metrics: must be text in quotes"),
    (
        '[health]\nmetrics = "127.0.0.1"',
        'config.toml:2: health.metrics: "127.0.0.1" is no address with a port. Write "127.0.0.1:9464"',
    ),
    (
        '[health]\nmetrics = "0.0.0.0:9464"',
        (
            'config.toml:2: health.metrics: "0.0.0.0:9464" can be reached from outside, or its name may lead there, and nobody is'
            ' asked for a password. Write "127.0.0.1:9464"; whatever others are to see of it, a proxy of yours can show'
        ),
    ),
    ('[fetch]\nmin = "2d"', "config.toml:2: fetch.min: min is longer than max"),
    ("[fetch]\nat_once = true", "config.toml:2: fetch.at_once: must be a whole number, 1 or more"),
    ("[alerts]\nmax_per_hour = 99999999999999999999", "config.toml:2: alerts.max_per_hour: is too large. The largest is 1000000"),
    ('[fetch]\nmax_size = "0MB"', 'config.toml:2: fetch.max_size: "0MB" is not between "1KB" and "1GB"'),
    (
        '[fetch]\npause = "61s"',
        ('config.toml:2: fetch.pause: "61s" is over a minute. Write every = "..." for how often an outlet is polled'),
    ),
    ("[fetch]\npause = 1", 'config.toml:2: fetch.pause: must be text in quotes. Write it as "90s", "15m", "6h" or "1d"'),
    ("[fetch]\nrobots = 1", "config.toml:2: fetch.robots: must be true or false"),
    ('[fetch]\nproxy = { env = "HTTPS_PROXY" }', 'config.toml:2: fetch.proxy: the environment variable "HTTPS_PROXY" is not set'),
    (
        '[fetch]\nproxy = "https://p.example:3128"',
        (
            'config.toml:2: fetch.proxy: "https://p.example:3128" is an https:// proxy, which is not supported. '
            "Write it as http://proxy.example.org:3128"
        ),
    ),
    (
        '[fetch]\nproxy = "p.example:3128"',
        'config.toml:2: fetch.proxy: "p.example:3128" is no proxy. Write it as http://proxy.example.org:3128',
    ),
    (
        '[fetch]\nproxy = "socks5://p.example:1080"',
        ('config.toml:2: fetch.proxy: "socks5://p.example:1080" is no proxy. Write it as http://proxy.example.org:3128'),
    ),
    (
        '[fetch]\nproxy = "http://:3128"',
        'config.toml:2: fetch.proxy: "http://:3128" is no proxy. Write it as http://proxy.example.org:3128',
    ),
    (
        '[fetch]\nproxy = "http://p.example:3128/way"',
        ('config.toml:2: fetch.proxy: "http://p.example:3128/way" is no proxy. Write it as http://proxy.example.org:3128'),
    ),
    (
        '[fetch]\nproxy = "http://p.example:99999"',
        'config.toml:2: fetch.proxy: "http://p.example:99999" is no address that can be read',
    ),
    ('[fetch]\nproxy = ""', "config.toml:2: fetch.proxy: is empty"),
    ("[fetch]\nproxy = true", 'config.toml:2: fetch.proxy: must be { env = "NAME" } or { file = "NAME" }'),
    (
        '[fetch]\nproxy = "http://u:p@p.example:3128"',
        (
            'config.toml:2: fetch.proxy: "http://u:****@p.example:3128" has a user in it. Put the address in a '
            'file and write { file = "NAME" }, or { env = "NAME" }'
        ),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", pause = true }',
        ('config.toml:2: outlets.x.pause: is a span of time, such as "1s". An outlet that is not to be polled has paused = true'),
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", proxy = "a b" }',
        'config.toml:2: outlets.x.proxy: "****" has a space or a control character in it',
    ),
    ('[outlets]\nx = { feed = "https://a.example", ca_file = 1 }', "config.toml:2: outlets.x.ca_file: must be text in quotes"),
    ('[fetch]\ntimeout = "1h"', 'config.toml:2: fetch.timeout: "1h" is not between "1s" and "10m"'),
    ('[alerts]\nquiet = "22:00"', 'config.toml:2: alerts.quiet: "22:00" is no stretch of the day. Write it as "22:00-06:00"'),
    ('[alerts]\nquiet = "22:00-22:00"', 'config.toml:2: alerts.quiet: "22:00-22:00" ends when it begins'),
    (
        '[alerts]\nper = "copy"',
        'config.toml:2: alerts.per: "copy" is nothing that alerts are counted by. There are "story" and "item"',
    ),
    ("[alerts]\nagain_at = 1", "config.toml:2: alerts.again_at: must be 2 or more: the first outlet is told of anyhow"),
    ('timezone = "../../etc/passwd"', 'config.toml:1: timezone: no time zone "../../etc/passwd". Write it as "Asia/Damascus"'),
    (
        'contact = "büro"',
        ("config.toml:1: contact: goes into a header of every request, so it must be ASCII: an e-mail address or a web address"),
    ),
    ("[[outlets]]\nx = 1", "config.toml:1: outlets: must be a table: [outlets]"),
    (
        '[watches]\nx = { any = ["Idlib"], languages = ["xx"] }',
        'config.toml:2: watches.x.languages: "xx" is no language code, such as "ar" or "en"',
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", lang = "ara" }',
        'config.toml:2: outlets.x.lang: "ara" is no language code. Write it as "ar"',
    ),
    (
        '[outlets]\nx = { feed = "https://a.example", lang = "Farsi" }',
        'config.toml:2: outlets.x.lang: "Farsi" is no language code. Write it as "fa"',
    ),
    (
        '[digest.Stories]\nat = "07:00"',
        "config.toml:1: digest.Stories: is a folder of the archive, so no digest can be called so",
    ),
    (
        '[digest.weekly]\nat = "07:00"\n[digest.Weekly]\nat = "08:00"',
        'config.toml:3: digest.Weekly: is "weekly" in other letters, and on some disks both would be one folder',
    ),
    (
        '[channels.mail]\ntype = "log"\n[watches]\nx = { any = ["Idlib"], alert = ["phone"] }',
        'config.toml:4: watches.x.alert: no channel "phone". There are: log, mail',
    ),
    ('[urls]\nstrip = "list"', 'config.toml:2: urls.strip: must be a list: ["...", "..."]'),
    (
        '[urls]\nstrip = ["utm_*"]',
        ('config.toml:2: urls.strip: "utm_*" is no name of a parameter: the word before the =, whole, such as "from_list"'),
    ),
    ("[urls]\nstrop = []", 'config.toml:2: urls.strop: no such key "strop". Did you mean "strip"?'),
    (
        '[channels.x]\ntype = "email"\nfrom = "a@b.example"\nsmtp = "smtp://h.example"',
        'config.toml:1: channels.x.to: this is missing. Write to = ["desk@example.org"]',
    ),
    (
        '[channels.x]\ntype = "email"\nto = ["desk"]\nfrom = "a@b.example"\nsmtp = "smtp://h.example"',
        'config.toml:3: channels.x.to: "desk" is no e-mail address, such as "desk@example.org"',
    ),
    (
        '[channels.x]\ntype = "email"\nto = ["a@b.example"]\nfrom = "a@b.example"\nsmtp = "mail.example"',
        (
            'config.toml:5: channels.x.smtp: "mail.example" is no mail server. Write it as '
            '"smtps://user@mail.example.org:465" or "smtp://localhost:25"'
        ),
    ),
    (
        ('[channels.x]\ntype = "email"\nto = ["a@b.example"]\nfrom = "a@b.example"\nsmtp = "smtps://desk@mail.example"'),
        ('config.toml:5: channels.x.smtp: names a user, and there is no password. Write password = { file = "NAME" }'),
    ),
    ("channels = 5", "config.toml:1: channels: must be a table: [channels]"),
    (
        '[channels]\nx = "https://h.example"',
        'config.toml:2: channels.x: must be a table: { type = "webhook", url = "https://..." }',
    ),
    ('[keep]\nitems = "30d"', "config.toml:2: keep.items: texts would be kept for longer than their items"),
    ('[keep]\ntext = "1h"', 'config.toml:2: keep.text: "1h" is under a day. The shortest is "1d"'),
    ('[keep]\nitmes = "90d"', 'config.toml:2: keep.itmes: no such key "itmes". Did you mean "items"?'),
    ('[fetch]\nevery = "30s"', 'config.toml:2: fetch.every: "30s" is under a minute, which outlets block. The shortest is "1m"'),
    ('title = ""', "config.toml:1: title: is empty"),
    ("state = 5", "config.toml:1: state: must be text in quotes"),
    (
        '[health]\nwarn_after = "60s"',
        'config.toml:2: health.warn_after: "60s" is under five minutes, in which few are asked twice. The shortest is "5m"',
    ),
    ('[health]\nalert = ["lgo"]', 'config.toml:2: health.alert: no channel "lgo". Did you mean "log"?'),
    ('[health]\nwarn_afer = "6h"', 'config.toml:2: health.warn_afer: no such key "warn_afer". Did you mean "warn_after"?'),
    (
        '[health]\nping = "https://switch.example/x"',
        (
            "config.toml:2: health.ping: whoever knows it can say that all is well, so all of it is a secret. Put"
            ' the address in a file and write { file = "NAME" }, or { env = "NAME" }'
        ),
    ),
    ('[health]\nping = { env = "PLAIN" }', "config.toml:2: health.ping: what is kept there is no https:// or http:// address"),
    ("[health]\nmetrics = 9464", "config.toml:2: health.metrics: must be text in quotes"),
    (
        '[health]\nmetrics = "127.0.0.1"',
        'config.toml:2: health.metrics: "127.0.0.1" is no address with a port. Write "127.0.0.1:9464"',
    ),
    (
        '[health]\nmetrics = "127.0.0.1:99999"',
        'config.toml:2: health.metrics: "127.0.0.1:99999" is no address with a port. Write "127.0.0.1:9464"',
    ),
    (
        '[health]\nmetrics = "0.0.0.0:9464"',
        (
            'config.toml:2: health.metrics: "0.0.0.0:9464" can be reached from outside, or its name may lead '
            'there, and nobody is asked for a password. Write "127.0.0.1:9464"; whatever others are to see of it,'
            " a proxy of yours can show"
        ),
    ),
    (
        '[health]\nmetrics = "metrics.example:9464"',
        (
            'config.toml:2: health.metrics: "metrics.example:9464" can be reached from outside, or its name may '
            'lead there, and nobody is asked for a password. Write "127.0.0.1:9464"; whatever others are to see '
            "of it, a proxy of yours can show"
        ),
    ),
]
NO_TOML = [
    (b"title = Desk\n", "config.toml:1: title: this is not TOML: Invalid value at column 9. Text stands in quotes"),
    (
        b"[fetch]\nprivate = True\n",
        ("config.toml:2: private: this is not TOML: Invalid value at column 11. It is true or false, in lower case"),
    ),
    (
        b'title = "Desk\n',
        (
            "config.toml:1: title: this is not TOML: Illegal character '\\n' at column 14. A text ends in a quote "
            "on its own line; one of several lines stands in three quotes"
        ),
    ),
    (
        b'title = "Desk" "more"\n',
        (
            "config.toml:1: title: this is not TOML: Expected newline or end of document after a statement at "
            'column 16. One key = "value" stands on a line; a quote within text is written \\"'
        ),
    ),
    (
        b"title\n",
        ("config.toml:1: this is not TOML: Expected '=' after a key in a key/value pair at column 6. Write key = \"value\""),
    ),
    (
        b'state = "C:\\Users"\n',
        (
            "config.toml:1: state: this is not TOML: Invalid hex value at column 14. A \\ is written \\\\, or the "
            "text stands in single quotes"
        ),
    ),
    (
        b'[watches]\nidlib = ["Idlib"\n',
        ("config.toml:2: idlib: this is not TOML: Unclosed array. A list ends in ], and a comma stands between its members"),
    ),
    (
        b'[outlets]\nx = { feed = "https://a.example",\n every = "5m" }\n',
        (
            "config.toml:2: x: this is not TOML: Invalid initial character for a key part at column 34. What "
            "stands in { } stands on one line and ends in }. What is longer is written as a table: [outlets.NAME]"
        ),
    ),
    (
        b"[fetch]\n[keep]\n[fetch]\n",
        ("config.toml:3: this is not TOML: the same table a second time at column 7. Put its lines under the first"),
    ),
    (
        b"watches = { a = ['Idlib'] }\n[watches.b]\n",
        ("config.toml:2: this is not TOML: the same table a second time at column 11. Put its lines under the first"),
    ),
    (
        b'title = "a"\n\ntitle = "b"\n',
        (
            "config.toml:3: title: this is not TOML: Cannot overwrite a value at column 12. title is there "
            "already. Keep one of the two"
        ),
    ),
    (
        b'[outlets]\nx = { feed = "a", feed = "b" }\n',
        "config.toml:2: x: this is not TOML: the same name a second time at column 29. Keep one of the two",
    ),
    (
        b"[outlets]\n\xd8\xa7\xd9\x84\xd8\xb2\xd8\xa7\xd9\x88\xd9\x8a\xd8\xa9 = 'https://a.example'\n",
        (
            "config.toml:2: this is not TOML: Invalid statement at column 1. A name of other letters than A to Z, "
            'digits, - and _ stands in quotes: "الزاوية" = ...'
        ),
    ),
    (
        b'[outlets]\nx = """\nnever closed\n',
        "config.toml:2: x: this is not TOML: Unterminated string. A text of several lines ends in three quotes",
    ),
    (
        b"title = 'Desk\n",
        ('config.toml:1: title: this is not TOML: Expected "\'". A text ends in the quote that it begins with, on its own line'),
    ),
    (
        b"[outlets\n",
        (
            "config.toml:1: this is not TOML: Expected ']' at the end of a table declaration at column 9. The name "
            "of a table stands in [ ]"
        ),
    ),
    (
        b'title = "a\x08"\n',
        ("config.toml:1: title: this is not TOML: Illegal character '\\x08' at column 11. Take this hidden character out"),
    ),
    (b'title = "a"\nx = "caf\xe9"\n', "config.toml:2: this is not UTF-8 text. Save the file as UTF-8"),
]


def faults(folder: Path, content: str | bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.chdir(folder)
    Path("config.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigError) as caught:
        load(Path("config.toml"), environ={"PLAIN": "no address"}, home=folder)
    return caught.value.faults


@pytest.mark.parametrize(("text", "line"), FAULTS)
def test_a_fault_says_where_what_and_what_was_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: str
) -> None:
    assert faults(tmp_path, text, monkeypatch) == (line,)


@pytest.mark.parametrize(("content", "line"), NO_TOML)
def test_what_is_no_toml_says_on_which_line_and_what_was_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, line: str
) -> None:
    assert faults(tmp_path, content, monkeypatch) == (line,)


@pytest.mark.parametrize("slip", ["idlb-77-press", "idlib-77-prss", "xidlib-77-press", "idlib-77-pres"])
def test_the_nearest_of_ten_thousand_names_is_found_wherever_the_slip_is(slip: str) -> None:
    names = [f"{town}-{number}-press" for town in ("idlib", "harim", "salqin", "binnish") for number in range(2500)]
    assert did_you_mean(slip, names) == ' Did you mean "idlib-77-press"?'


def test_of_many_names_the_first_few_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outlets = "".join(f'o{number:02} = "https://a.example/{number}"\n' for number in range(20))
    text = f'[outlets]\n{outlets}[watches]\nx = {{ any = ["Idlib"], outlets = ["elsewhere"] }}'
    assert faults(tmp_path, text, monkeypatch) == (
        'config.toml:23: watches.x.outlets: no outlet "elsewhere". There are: o00, o01, o02, o03, o04, o05, o06, o07 and 12 more',
    )
