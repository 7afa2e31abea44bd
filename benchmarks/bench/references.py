"""What our numbers are held against: a triad and direct requests in C, and fio if there is one."""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

TRIAD = r"""
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static double now(void) {
  struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9;
}
static int up(const void *x, const void *y) {
  double d = *(const double *)x - *(const double *)y; return (d > 0) - (d < 0);
}
int main(int argc, char **argv) {
  long n = atol(argv[1]) / 4; double limit = atof(argv[2]);
  float *a = aligned_alloc(4096, n * 4), *b = aligned_alloc(4096, n * 4);
  float *c = aligned_alloc(4096, n * 4);
  static double times[100000]; int count = 0;
#pragma omp parallel for
  for (long i = 0; i < n; i++) { a[i] = 0; b[i] = 1; c[i] = 2; }
  double begin = now();
  while (now() - begin < limit && count < 100000) {
    double at = now();
#pragma omp parallel for
    for (long i = 0; i < n; i++) a[i] = b[i] + 3.0f * c[i];
    times[count++] = now() - at;
  }
  if (a[n / 2] != 7) return 1;
  qsort(times, count, sizeof *times, up);
  printf("%.0f\n", 3.0 * n * 4 / times[count / 2]);
}
"""

DIRECT = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static int file, writing, scattered; static long block, blocks; static double limit;
static atomic_long next, done; static double begin;
static double now(void) {
  struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9;
}
static void *serve(void *seed) {
  unsigned state = (unsigned)(long)seed + 1; char *room;
  if (posix_memalign((void **)&room, 4096, block)) return NULL;
  for (long i = 0; i < block; i++) room[i] = rand_r(&state);
  while (now() - begin < limit) {
    long at = scattered ? ((long)rand_r(&state) * 32768 + rand_r(&state)) % blocks
                        : atomic_fetch_add(&next, 1) % blocks;
    long got = writing ? pwrite(file, room, block, at * block)
                       : pread(file, room, block, at * block);
    if (got != block) exit(1);
    atomic_fetch_add(&done, 1);
  }
  return NULL;
}
int main(int argc, char **argv) {
  writing = !strcmp(argv[2], "write"); block = atol(argv[3]); scattered = block < 65536;
  int depth = atoi(argv[4]); limit = atof(argv[5]);
  file = open(argv[1], O_RDWR | O_DIRECT); if (file < 0) return 1;
  blocks = lseek(file, 0, SEEK_END) / block; pthread_t threads[1024]; begin = now();
  for (long i = 0; i < depth; i++) pthread_create(&threads[i], NULL, serve, (void *)i);
  for (int i = 0; i < depth; i++) pthread_join(threads[i], NULL);
  printf("%.1f\n", done / (now() - begin));
}
"""


def compiled(source: str, folder: Path, name: str) -> Path:
    """Compile a reference and return the program."""
    program = folder / name
    flags = ["-O3", "-march=native", "-fopenmp", "-pthread", "-x", "c", "-", "-o", str(program)]
    subprocess.run(["gcc", *flags], input=source, text=True, check=True)
    return program


def number(program: Path, *words: object) -> float:
    """Run a reference and return what it prints."""
    line = [str(program), *map(str, words)]
    return float(subprocess.run(line, capture_output=True, text=True, check=True).stdout)


def fio_path(given: str) -> str:
    """Return where fio is, "" without one."""
    return given or shutil.which("fio") or ""


WINDOW_MS = 100  # as long as ours
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
RESERVED = Path("/proc/sys/vm/nr_hugepages")
ROOM = 32  # large pages of 2 MiB for fio's requests


@contextlib.contextmanager
def large_pages() -> Iterator[list[str]]:
    """Give fio's words for memory in large pages, reserved for the moment where we may.

    Asking glibc for them is a wish only: a kernel that has been up for a while often has none at
    hand, and fio then reads at seven tenths of the rate.
    """
    before = RESERVED.read_text() if RESERVED.exists() else ""
    try:
        RESERVED.write_text(str(int(before) + ROOM))
    except (OSError, ValueError):
        yield []
        return
    try:
        is_there = int(RESERVED.read_text()) >= int(before) + ROOM
        yield ["--iomem=mmaphuge", "--hugepage-size=2m"] if is_there else []
    finally:
        RESERVED.write_text(before)


def fio(path: str, file: Path, kind: str, block: int, depth: int, seconds: float) -> float:
    """Return requests a second by fio on the same file: the median of its windows, as ours is.

    Its memory comes in large pages, like ours: a virtual drive takes 254 pieces of memory a
    request, so 1 MiB in pages of 4 KiB are two requests to it, and fio's own rate is lower.
    """
    with tempfile.TemporaryDirectory() as folder, large_pages() as pages:
        line = [
            path, *pages, "--name=x", f"--filename={file}",
            f"--rw={'rand' * (block < 65536)}{kind}",
            f"--bs={block}", f"--iodepth={depth}", "--ioengine=libaio", "--direct=1",
            "--numjobs=1", "--time_based",
            f"--runtime={1000 * seconds:.0f}ms",  # of 1.5 it would take the 1
            "--ramp_time=100ms",
            "--scramble_buffers=0",  # ours writes the same memory again, unchanged
            f"--size={file.stat().st_size}", "--randrepeat=1", "--norandommap",
            f"--write_bw_log={folder}/x", f"--log_avg_msec={WINDOW_MS}", "--per_job_logs=0",
        ]  # fmt: skip
        own = {**os.environ, **LARGE_PAGES}
        subprocess.run(line, capture_output=True, text=True, check=True, env=own, cwd=folder)
        rows = (Path(folder) / "x_bw.log").read_text().splitlines()
    rates_kib = [float(row.split(",")[1]) for row in rows]
    return statistics.median(rates_kib) * 1024 / block
