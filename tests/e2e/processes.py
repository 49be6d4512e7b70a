"""Child processes that are waited for and never outlive their test."""

import subprocess
import time


class Waited(Exception):
    """Something did not happen in time."""


def until(what, condition, timeout=10.0, pause=0.05):
    """The first true value of `condition()`; `Waited` after `timeout` seconds."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Waited(f"{what}: not within {timeout:g} s")
        time.sleep(pause)


def stop(process: subprocess.Popen, timeout=5.0):
    """Asks the process to end, then makes it end. Returns its exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode
