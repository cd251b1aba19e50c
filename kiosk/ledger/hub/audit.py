"""Verify the whole hub: every terminal's chain by itself, against its own signed checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kiosk.ledger.audit import AuditReport, ChainReport, Finding, verify
from kiosk.ledger.hub.endpoint import Connection
from kiosk.ledger.hub.errors import as_hub_errors
from kiosk.ledger.hub.reading import HubSnapshot
from kiosk.ledger.note import VerifyKey


def told_keys(hub: Connection) -> dict[str, VerifyKey]:
    """Each chain's public key as its terminal told it at its first visit. An auditor better has copies of his own."""
    with as_hub_errors():
        rows = hub.execute("SELECT chain, verify_key FROM chain WHERE verify_key <> ''").fetchall()
    keys = {}
    for chain, text in rows:
        with suppress(ValueError):  # as good as none
            keys[chain] = VerifyKey.parse(text)
    return keys


def verify_hub(
    source: HubSnapshot,
    keys: Mapping[str, VerifyKey],
    checkpoints: Path | None = None,
    *,
    payloads: bool = True,
) -> AuditReport:
    """One report of all chains. A chain without a key is checked by its hashes alone, and nothing of it is covered.

    Between chains nothing is verified: what a terminal's link did in the hub while another one owned the visit is told
    by `status`, not here. A payload may be missing only if a purge of its own terminal, or of a console, explains it.
    """
    whole = AuditReport("ok")
    nobody = VerifyKey("nobody", bytes(32))
    noted = source.noted_heads()
    for chain in sorted(noted.keys() | source.heads().keys()):
        one = source.only(chain)
        report = verify(one, keys.get(chain, nobody), checkpoints, chain=chain, payloads=payloads)
        _add_cut_off(report, chain, noted.get(chain, 0))
        whole.chains += report.chains
        whole.erased += report.erased
        whole.findings += [found for found in report.findings if _counts(found, chain in keys)]
    if payloads:
        whole.findings += [Finding("payload_missing", chain, seq) for chain, seq in source.unexplained()]
    if damage := source.damage():
        whole.findings.append(Finding("damage", detail=damage))
    if whole.findings:
        whole.verdict = "broken"
    return whole


def _add_cut_off(report: AuditReport, chain: str, noted: int) -> None:
    """Links at the end that no checkpoint covers can be gone as well: the hub has noted how many there were."""
    found = next((one for one in report.chains if one.chain == chain), None)
    if found is None:
        found = ChainReport(chain)
        report.chains.append(found)
    if found.first_bad is None and found.head < noted:
        found.first_bad = found.head + 1
        report.findings.append(Finding("rolled_back", chain, found.first_bad, f"the hub has had {noted}"))


def _counts(found: Finding, has_key: bool) -> bool:
    return has_key or found.problem != "checkpoint_invalid"
