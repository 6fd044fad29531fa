"""What the benchmarks measure with: peak memory, and runs in processes of their own."""

import re
import subprocess
import sys
from pathlib import Path


def peak_mib():
    """Give the most memory this process has held, in MiB; 0 where the system does not tell."""
    try:
        import resource

        # What Linux says of a process as a whole also counts what its parent held when it was started.
        told = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
        return int(told[1]) // 1024
    except ImportError:
        return 0
    except (OSError, TypeError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(script, what, folder, times=1):
    """Run `script --one WHAT FOLDER`, which prints seconds, a number and its peak MiB; give the best of several."""
    words = [sys.executable, script, "--one", what, str(folder)]
    runs = [subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True) for _ in range(times)]
    found = [tuple(map(float, run.stdout.split())) for run in runs]
    return min(seconds for seconds, _, _ in found), found[0][1], max(int(peak) for _, _, peak in found)
