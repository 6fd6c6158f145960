"""The workflow of a release publishes what `make release` has built, without a token, from actions that are pinned."""

import re
from pathlib import Path

WORKFLOW = (Path(__file__).parents[3] / ".github/workflows/release.yml").read_text("utf-8")
JOBS = dict(
    re.findall(r"^  ([a-z-]+):\n((?:    .*\n|\n)+)", WORKFLOW.partition("\njobs:\n")[2], re.MULTILINE)
)


def test_each_action_is_pinned_to_a_commit() -> None:
    actions = re.findall(r"uses: (\S+)", WORKFLOW)
    assert len(actions) == 7
    assert [action for action in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


def test_only_jobs_that_publish_have_an_identity_and_they_need_a_reviewer() -> None:
    assert set(JOBS) == {"build", "publish-python", "publish-npm"}
    assert "id-token" not in JOBS["build"]
    for name in ("publish-python", "publish-npm"):
        assert "needs: build" in JOBS[name]
        assert "environment: release" in JOBS[name]
        assert "id-token: write" in JOBS[name]


def test_what_is_published_is_what_was_built_with_provenance() -> None:
    assert "- run: make release" in JOBS["build"]
    assert "attestations: true" in JOBS["publish-python"]
    assert "npm publish --provenance" in JOBS["publish-npm"]
    assert not re.search(r"secrets\.|TOKEN|password", WORKFLOW)
    assert "://" not in WORKFLOW
