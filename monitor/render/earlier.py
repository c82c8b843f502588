"""A digest that knows findings alone → the same with each of them as a story of its own. Until every digest has its stories."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import Carrier, Digest, Finding, StoryFound, StoryId, ToldStory, WatchFindings


def with_stories(digest: Digest) -> Digest:
    """Give a digest whose watches have stories."""
    if digest.stories or not any(group.findings for group in digest.watches):
        return digest
    findings = {finding.item_id: finding for group in digest.watches for finding in group.findings}
    return replace(
        digest,
        watches=tuple(_group(group) for group in digest.watches),
        stories=tuple(_story(finding) for finding in findings.values()),
        items_matched=len(findings),
    )


def _group(group: WatchFindings) -> WatchFindings:
    found = (StoryFound(story_id=StoryId(finding.item_id), finding=finding, items=1) for finding in group.findings)
    outlets = {finding.outlet_id for finding in group.findings}
    return replace(group, stories=tuple(found), items=len(group.findings), outlets=len(outlets))


def _story(finding: Finding) -> ToldStory:
    here = Carrier(
        item_id=finding.item_id,
        outlet_id=finding.outlet_id,
        outlet_name=finding.outlet_name,
        label=finding.label,
        link=finding.link,
        published=finding.published,
        seen_at=finding.seen_at,
        copied=finding.copied,
        is_own=finding.is_own_text,
        outlet_language=finding.outlet_language,
    )
    carriers = tuple(sorted((here, *finding.carried), key=lambda one: one.seen_at))
    return ToldStory(
        id=StoryId(finding.item_id),
        carriers=carriers,
        outlets=len(carriers),
        own_texts=sum(one.is_own for one in carriers),
        trail=None,
        edits=(),
        is_continued=False,
    )
