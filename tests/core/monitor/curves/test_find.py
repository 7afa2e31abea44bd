"""What can be opened in a folder, and what its runs are called."""

from __future__ import annotations

from hwstudio.core.monitor.curves.find import Reach, find
from hwstudio.core.monitor.curves.kind import LogKind


def test_all_recordings_are_found_with_their_kind(data):
    found = {each.path.relative_to(data).as_posix(): each for each in find(data).candidates}
    kinds = {name: each.kind for name, each in found.items()}
    assert kinds["keras/training.csv"] is LogKind.CSV
    assert kinds["trainer/log_history.jsonl"] is LogKind.JSON_LINES
    assert kinds["trainer/checkpoint-60/trainer_state.json"] is LogKind.JSON
    assert "trainer/checkpoint-30/trainer_state.json" not in kinds
    assert sum(kind is LogKind.EVENTS for kind in kinds.values()) == 6
    assert found["lightning/lightning_logs/version_0/metrics.csv"].run.endswith("version_0")
    assert found["keras/appended.csv"].run == "keras/appended"
    assert not any(name.endswith((".md", ".py", "expected.json")) for name in kinds)


def test_depth_hidden_folders_and_numbers_of_files_are_bounded(tmp_path):
    for folder in ("a/b/c", ".git", "x"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "metrics.csv").write_text("step,loss\n1,2\n")
    assert len(find(tmp_path).candidates) == 2
    assert len(find(tmp_path, Reach(depth=2)).candidates) == 1
    few = find(tmp_path, Reach(files=1))
    assert len(few.candidates) == 1
    assert "Only the first 1 logs" in few.notices[0]


def test_a_folder_that_is_not_there_is_a_notice_not_an_error(tmp_path):
    found = find(tmp_path / "gone")
    assert found.candidates == []
    assert "gone cannot be read" in found.notices[0]
