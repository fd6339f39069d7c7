"""Data in parts: seconds, memory and cost per row, beside the engine in memory and Spark MLlib.

Run with::

    python tests/benchmarks/scale.py 1000000 10000000                   # ours alone
    python tests/benchmarks/scale.py 1000000 --memory-engine --spark PYTHON
    python tests/benchmarks/scale.py 20000000 --memory 2GB --folder DIR   # files are kept there

Each engine runs in a process of its own and reads the same Parquet files. Printed are seconds
from start to saved model, the processors' seconds of all processes together (which say more on a
busy machine), the peak memory of the largest process, and seconds per million rows. Spark runs
where PYTHON can import pyspark: StringIndexer, OneHotEncoder, VectorAssembler, StandardScaler and
KMeans with the k that ours found and twenty iterations, on the same columns; it does not choose
k, measure stability, or profile anything.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from segmentation import SegmentModel, sample_customers

ROOT = Path(__file__).parents[2]

#: Rows of one file, and of its row groups.
FILE_ROWS = 1_000_000
GROUP_ROWS = 250_000

#: Seconds between two looks at the processes' memory.
LOOK = 0.1

IN_MEMORY = """
import sys
import pandas as pd
from segmentation import CustomerSegmentation
CustomerSegmentation().fit(pd.read_parquet(sys.argv[1])).save(sys.argv[2])
"""

SPARK = """
import sys
from pyspark.ml import Pipeline
from pyspark.ml.clustering import KMeans
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession
spark = (
    SparkSession.builder.master("local[2]").config("spark.driver.memory", sys.argv[4])
    .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4").getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
frame = spark.read.parquet(sys.argv[1])
words = ["Membership Type", "Discount Applied", "Satisfaction Level"]
numbers = ["Age", "Total Spend", "Items Purchased", "Average Rating", "Days Since Last Purchase"]
for name in words:
    frame = frame.withColumn(name, frame[name].cast("string"))
coded = [f"{name} code" for name in words]
hot = [f"{name} hot" for name in words]
points = Pipeline(stages=[
    StringIndexer(inputCols=words, outputCols=coded, handleInvalid="keep"),
    OneHotEncoder(inputCols=coded, outputCols=hot),
    VectorAssembler(inputCols=numbers + hot, outputCol="raw", handleInvalid="skip"),
    StandardScaler(inputCol="raw", outputCol="features", withMean=True),
]).fit(frame).transform(frame).select("features").cache()
model = KMeans(k=int(sys.argv[3]), maxIter=20, seed=42).fit(points)
print(model.summary.trainingCost, model.summary.clusterSizes)
open(sys.argv[2], "w").write(str([list(map(float, c)) for c in model.clusterCenters()]))
spark.stop()
"""


@dataclass(frozen=True)
class Run:
    """What one engine took."""

    seconds: float
    processor: float
    megabytes: float
    output: str


def watched(*command: str) -> Run:
    """Run a command, watching the memory of every process that it starts."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=errors)
        peak, busy = 0, dict[int, float]()
        while child.poll() is None:
            for process in family(child.pid):
                peak = max(peak, peak_of(process))
                busy[process] = max(busy.get(process, 0.0), processor_of(process))
            time.sleep(LOOK)
        seconds = time.perf_counter() - start
        out.seek(0)
        errors.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command[:4]} failed: {errors.read()[-2000:]}")
        return Run(seconds, sum(busy.values()), peak / 1024, out.read())


def family(parent: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found = [parent]
    for process in found:
        found += [child for child, above in parents.items() if above == process]
    return found


def peak_of(process: int) -> int:
    """Return the largest memory that a process has had, in kB."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def processor_of(process: int) -> float:
    """Return the seconds of processor time that a process has had."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_customers(rows: int, folder: Path) -> Path:
    """Write Parquet files with so many customers, unless they are there."""
    target = folder / f"customers-{rows}"
    if target.exists():
        return target
    partial = folder / f"customers-{rows}.part"
    partial.mkdir(parents=True)
    for number, start in enumerate(range(0, rows, FILE_ROWS)):
        frame = sample_customers(min(FILE_ROWS, rows - start), seed=100 + number)
        frame["Customer ID"] += start
        name = partial / f"part-{number:04d}.parquet"
        frame.to_parquet(name, index=False, row_group_size=GROUP_ROWS)
    partial.rename(target)
    return target


def line(engine: str, rows: int, run: Run, more: str = "") -> None:
    """Print what an engine took."""
    print(  # noqa: T201
        f"{rows:>11,} rows   {engine:<8} {run.seconds:7.1f} s   {run.processor:7.1f} s busy   "
        f"{run.megabytes:6.0f} MB   {1e6 * run.seconds / rows:6.2f} s per million   {more}",
        flush=True,
    )


def compare(rows: int, options: argparse.Namespace, folder: Path) -> None:
    """Print one line for each engine."""
    files, model = write_customers(rows, folder), folder / f"{rows}.segmodel"
    if options.write:
        return
    ours = watched(
        sys.executable, "-m", "segmentation", "fit", str(files), "--engine", "dask",
        "--memory", options.memory, "-o", str(model), "--json",
    )  # fmt: skip
    found = SegmentModel.load(model)
    k, stages = len(found.segments), {s: round(t, 1) for s, t in found.seconds.items()}
    line("dask", rows, ours, f"k={k} inertia {found.inertia:.6g} {stages}")
    if options.memory_engine:
        inside = watched(sys.executable, "-c", IN_MEMORY, str(files), f"{model}-memory")
        other = SegmentModel.load(f"{model}-memory")
        line("memory", rows, inside, f"k={len(other.segments)} inertia {other.inertia:.6g}")
    if options.spark:
        arguments = (str(files), str(folder / "spark.txt"), str(k), options.spark_memory)
        line("spark", rows, watched(options.spark, "-c", SPARK, *arguments), f"k={k}")


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--memory", default="2GB", help="for all processes of our engine")
    parser.add_argument("--memory-engine", action="store_true")
    parser.add_argument("--spark", help="a Python that can import pyspark")
    parser.add_argument("--spark-memory", default="6g")
    parser.add_argument("--folder", type=Path, help="where the files are kept")
    parser.add_argument("--write", action="store_true", help="write the files and stop")
    options = parser.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as passing:
        for rows in options.rows:
            compare(rows, options, options.folder or Path(passing))


if __name__ == "__main__":
    main()
