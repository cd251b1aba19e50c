"""A chart that takes FHIR transactions as R4 says, and knows nothing of keys: all of a bundle or nothing, what was put
under an id is replaced, what exists by its identifier is not made again."""

from __future__ import annotations

import json
from typing import Any


class FhirStore:
    """``resources``: by type and id."""

    def __init__(self) -> None:
        self.resources: dict[str, dict[str, Any]] = {}
        self.transactions = 0

    def take(self, content: bytes) -> None:
        bundle = json.loads(content)
        assert bundle["type"] == "transaction"
        after = dict(self.resources)
        for entry in bundle["entry"]:
            self._one(after, entry["request"], entry["resource"])
        self.resources = after
        self.transactions += 1

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.resources.values() if one["resourceType"] == kind]

    @staticmethod
    def _one(resources: dict[str, dict[str, Any]], request: dict[str, str], resource: dict[str, Any]) -> None:
        if request["method"] == "PUT":
            assert request["url"] == f"{resource['resourceType']}/{resource['id']}"
            resources[request["url"]] = resource
            return
        assert request["method"] == "POST"
        wanted = request.get("ifNoneExist", "")
        if wanted and any(_has(one, resource["resourceType"], wanted) for one in resources.values()):
            return
        # the server gives ids of its own
        made = {name: value for name, value in resource.items() if name != "id"}
        resources[f"{resource['resourceType']}/{wanted or len(resources)}"] = made


def _has(resource: dict[str, Any], kind: str, wanted: str) -> bool:
    """``identifier=system|value``."""
    system, _, value = wanted.removeprefix("identifier=").partition("|")
    found = [(one.get("system", ""), one.get("value", "")) for one in resource.get("identifier", ())]
    return resource["resourceType"] == kind and (system, value) in found
