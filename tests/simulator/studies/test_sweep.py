"""A sweep ends as one table: the same with any number of workers, after a kill, and never two writers at once."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coproduce.errors import BadFile, Conflict, InvalidInput, Unavailable
from coproduce.simulator import load, run
from coproduce.simulator.provenance import code_hash
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.factors import Factor
from coproduce.simulator.studies.sweep import read_table, sweep

from .conftest import FIXED, INFLUENCE, SHARING


@pytest.fixture
def done(tiny: Design, tmp_path: Path) -> Path:
    sweep(tiny, tmp_path / "one.parquet")
    return tmp_path / "one.parquet"


def test_every_run_has_its_row_with_factors_seed_and_outcomes(tiny: Design, done: Path) -> None:
    rows = read_table(done).rows
    assert rows.select("point", "replicate").rows() == [(p, r) for p in range(4) for r in (1, 2)]
    row = rows.row(5, named=True)
    scenario = load("seid2021").having(
        **FIXED, patient_influence=row["patient_influence"], sharing=row["sharing"]
    ).lasting(3)  # fmt: skip
    last = run(scenario, int(row["seed"]), run=2, record=False).series.row(-1, named=True)
    assert {name: row[name] for name in last} == pytest.approx(last, rel=0, abs=0, nan_ok=True)


def test_the_table_says_which_design_and_code_made_it(tiny: Design, done: Path) -> None:
    table = read_table(done)
    assert table.design == tiny
    assert table.code["code"] == code_hash()
    assert {"activation", "mean_outcome"} <= set(table.outcomes)


def test_one_worker_and_eight_write_the_same_bytes(tiny: Design, done: Path, tmp_path: Path) -> None:
    sweep(tiny, tmp_path / "eight.parquet", workers=8)
    assert (tmp_path / "eight.parquet").read_bytes() == done.read_bytes()


def test_a_dask_cluster_writes_the_same_bytes(tiny: Design, done: Path, tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp://", dashboard_address=None,
    ) as cluster:  # fmt: skip
        sweep(tiny, tmp_path / "dask.parquet", dask=cluster.scheduler_address)
    assert (tmp_path / "dask.parquet").read_bytes() == done.read_bytes()


def test_a_scheduler_that_is_not_there_is_named(tiny: Design, tmp_path: Path) -> None:
    with pytest.raises((Unavailable, InvalidInput)):
        sweep(tiny, tmp_path / "x.parquet", dask="nonsense")


KILLED = """
import sys
from pathlib import Path
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.sweep import sweep
import json
sweep(Design.from_document(json.loads(sys.argv[1])), Path(sys.argv[2]), done=lambda n: print(n, flush=True))
"""


def test_a_sweep_killed_half_way_goes_on_to_the_identical_table(tmp_path: Path) -> None:
    import json

    design = Design("seid2021", {**FIXED, "n_patients": 200}, 40, (INFLUENCE, SHARING), n=24, replicates=2)
    out = tmp_path / "killed.parquet"
    command = [sys.executable, "-c", KILLED, json.dumps(design.document()), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["0\n", "1\n"]
        os.kill(process.pid, signal.SIGKILL)
    assert not out.exists()
    counted: list[int] = []
    sweep(design, out, done=counted.append)
    assert counted[0] >= 1
    assert sum(counted) == design.n_runs
    sweep(design, tmp_path / "whole.parquet")
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed.parquet", "whole.parquet"]


def test_two_sweeps_never_write_to_one_file(tiny: Design, tmp_path: Path) -> None:
    parts = tmp_path / "busy.parquet.parts"
    parts.mkdir()
    with (parts / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="Another sweep"):
            sweep(tiny, tmp_path / "busy.parquet")
        assert (parts / "lock").exists()


def test_a_finished_sweep_is_given_back_without_a_run(tiny: Design, done: Path) -> None:
    before = done.stat().st_mtime_ns
    time.sleep(0.01)
    assert sweep(tiny, done).rows.height == 8
    assert done.stat().st_mtime_ns == before


def test_the_file_or_the_parts_of_another_design_are_not_overwritten(tiny: Design, done: Path, tmp_path: Path) -> None:
    other = Design("seid2021", FIXED, 3, (Factor("sharing", "share", 0.0, 0.5),), n=2)
    before = done.read_bytes()
    with pytest.raises(Conflict, match="another sweep"):
        sweep(other, done)
    assert done.read_bytes() == before
    parts = tmp_path / "new.parquet.parts"
    parts.mkdir()
    (parts / "design").write_text(tiny.key)
    with pytest.raises(Conflict, match="parts of another"):
        sweep(other, tmp_path / "new.parquet")


def test_a_place_that_cannot_be_written_is_refused_before_a_run(tiny: Design, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        sweep(tiny, tmp_path / "file" / "s.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1 cut", b"not a table"])
def test_a_file_of_another_kind_is_no_sweep(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(BadFile):
        read_table(tmp_path / "x.parquet")
    with pytest.raises(BadFile):
        read_table(tmp_path / "absent.parquet")


def test_an_own_rule_is_swept_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "still_rule.py").write_text(
        "from coproduce.simulator import own_rule\n"
        "@own_rule(replaces='activation_moves')\ndef still(world):\n    pass\n"
    )
    rules = Factor("rule", "rule", values=("ours", "still_rule:still"))
    design = Design("seid2021", FIXED, 3, (rules, INFLUENCE), method="grid", n=2)
    table = sweep(design, tmp_path / "rules.parquet", workers=2)
    still = table.rows.filter(table.rows["rule"] == "still_rule:still")["activation"]
    ours = table.rows.filter(table.rows["rule"] == "ours")["activation"]
    assert still[0] == still[1]
    assert ours[0] != ours[1]
