"""The only module that makes a Spark session: the active one, a cluster's, or a local one with Delta and Spark NLP."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.resources import files
from locale import getencoding
from signal import SIGINT, default_int_handler, signal
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING

from lakesift.errors import SetupError, UsageError, first_line
from lakesift.spark.class_sharing import sharing_options
from lakesift.spark.jars import jar_folder, local_class_path
from lakesift.spark.java import java_home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}
# A stage that finds nothing (no near-duplicates) is done too: Delta would leave out its commit, and the fingerprint.
EMPTY_COMMITS = {"spark.databricks.delta.skipRecordingEmptyCommits": "false"}
# What a session on any cluster needs; what spark-submit or the cluster's own defaults say wins over it.
ANYWHERE = {
    **DELTA,
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "500",
    "spark.databricks.delta.snapshotPartitions": "2",
    **EMPTY_COMMITS,
    # Batches as small as Arrow's: of texts the usual 4096 are tens of megabytes, for each row group anew.
    "spark.sql.parquet.columnarReaderBatchSize": "500",
    # Band keys and signatures are nearly all different: a dictionary of them is made in vain.
    "spark.hadoop.parquet.enable.dictionary#minhash.list.element": "false",
    "spark.hadoop.parquet.enable.dictionary#signature": "false",
}
# Most of a local run's Java time went into optimising code that then hardly ran: 91 s of processor time for a run that
# found everything up to date, 43 to 51 s with these. The heavy work is in Python's kernels.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseParallelGC"
CLASS_SHARING, WORKER_DAEMON = "spark.lakesift.classSharing", "spark.lakesift.workerDaemon"


def open_session(conf: dict[str, str] | None = None) -> SparkSession:
    """Return the session to work in.

    An active session (notebook, Databricks) is taken as it is; under spark-submit its master, jars and settings hold;
    otherwise a local one is started with the Java of `java_home` and the jars of `local_class_path`.

    A local session has two speed-ups that nothing depends on, each with a setting that turns it off:
    `spark.lakesift.classSharing=false` starts Java without the classes that `lakesift doctor` kept (`class_sharing`),
    `spark.lakesift.workerDaemon=false` starts Python workers by Spark's own daemon (`worker_daemon`).

    Args:
        conf: Spark settings that win over all others; in an active session only those that can still be changed.

    Raises:
        SetupError: no usable Java, no pyspark, or jars that can neither be found nor resolved.
        UsageError: a setting that the session which runs already cannot take any more, or a speed-up that is neither
            true nor false.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SetupError("pyspark is not installed", next_step="pip install 'lakesift[local]'") from error
    active = SparkSession.getActiveSession()
    if active is not None:
        return _configured(active, {**EMPTY_COMMITS, **(conf or {})})
    builder = SparkSession.builder.appName("lakesift")
    if "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return _configured(builder.getOrCreate(), {**EMPTY_COMMITS, **(conf or {})})
    # Spark's launcher gives its gateway to the Python process that it starts, in client and in cluster mode.
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        return _start(builder, {**_not_submitted(ANYWHERE), **(conf or {})})
    java, class_path = java_home(), local_class_path()
    os.environ["JAVA_HOME"] = java
    if "UTF-8" not in getencoding().upper():
        # Java takes the encoding of file names from the locale: in cron's C it has no letter beyond ASCII.
        os.environ["LC_ALL"] = "C.UTF-8"
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = builder.master(f"local[{len(os.sched_getaffinity(0))}]")
    # Spark's Arrow functions ask for pandas; it is loaded while Java starts and this process waits.
    Thread(target=import_module, args=("pandas",), daemon=True).start()
    # As spark.jars each session would copy all of them, 300 MB, and Java could keep no classes of theirs.
    settings = {**local_settings(), "spark.driver.extraClassPath": ":".join(class_path)}
    return _start(builder, {**settings, **_speed_ups(conf or {}, java, class_path), **(conf or {})})


def _speed_ups(conf: Mapping[str, str], java: str, class_path: Sequence[str]) -> dict[str, str]:
    sharing = sharing_options(java, class_path) if _is_on(CLASS_SHARING, conf) else ""
    daemon = {"spark.python.daemon.module": "lakesift.spark.worker_daemon"} if _is_on(WORKER_DAEMON, conf) else {}
    return {"spark.driver.extraJavaOptions": f"{java_options()} {sharing}", **daemon}


def _is_on(key: str, conf: Mapping[str, str]) -> bool:
    value = conf.get(key, "true")
    if value not in ("true", "false"):
        raise UsageError(f"{key} is true or false, not {value}")
    return value == "true"


def _configured(session: SparkSession, conf: dict[str, str]) -> SparkSession:
    from pyspark.errors import AnalysisException

    for key, value in conf.items():
        try:
            session.conf.set(key, value)
        except AnalysisException as error:
            raise UsageError(
                f"the session that runs already cannot take {key}", next_step="set it on the cluster"
            ) from error
    return session


def _not_submitted(settings: dict[str, str]) -> dict[str, str]:
    """Those of the settings that neither spark-submit nor spark-defaults.conf gave."""
    from pyspark import SparkConf, SparkContext

    SparkContext._ensure_initialized()  # Only with the JVM there does SparkConf see what was submitted.
    given = SparkConf()
    return {key: value for key, value in settings.items() if not given.contains(key)}


def _start(builder: SparkSession.Builder, settings: dict[str, str]) -> SparkSession:
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        session.sql("SELECT 1").collect()
    except Exception as error:
        # The JVM's reason (port, memory) is on standard error; here only the next step is ours.
        raise SetupError(f"Spark did not start: {first_line(error)}", next_step="lakesift doctor") from error
    _be_interruptible()
    return session


def _be_interruptible() -> None:
    """Let Ctrl-C interrupt this program; a notebook, which goes on after it, keeps Spark's handler.

    Spark's cancels all jobs by a call to Java, which fails when the program waits for another one, as it nearly always does.
    """
    if current_thread() is main_thread() and "ipykernel" not in sys.modules:
        signal(SIGINT, default_int_handler)


def java_options() -> str:
    """Options of the local session's Java."""
    quiet = files("lakesift.spark") / "log4j2.properties"
    return f"{JAVA_OPTIONS} -Dlog4j2.configurationFile=file:{quiet} -Duser.timezone=UTC"


def local_settings() -> dict[str, str]:
    """Spark settings for one machine; without Delta's two and the next two a small Delta read takes 20 s."""
    cores = len(os.sched_getaffinity(0))
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {
        **ANYWHERE,
        # A list of all files beside each commit: with tables this small it costs more than it saves.
        "spark.databricks.delta.allFilesInCrc.enabled": "false",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.default.parallelism": str(cores),
        # Of 64 MB, as Spark would choose: each sort and aggregation fills one with zeros before its first row.
        "spark.buffer.pageSize": "4m",
        "spark.driver.memory": f"{min(8, max(1, gigabytes // 4))}g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.files.maxPartitionBytes": "32m",
        # A recipe has more generated classes than the 100 that Spark keeps: a second run compiled all again.
        "spark.sql.codegen.cache.maxEntries": "3000",
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        "spark.kryoserializer.buffer.max": "1000m",
        # Spark makes this folder even where nobody uses it; its own choice is the folder that the user is in.
        "spark.sql.warehouse.dir": str(jar_folder().parent / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
    }
