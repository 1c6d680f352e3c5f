"""A worker for `diffopt optimize --queue`, in Python: python3 queue_worker.py redis://localhost:6379 [queue]

Start as many as you like, on any machine that reaches the Redis server. Needs: pip install -r queue_worker.requirements.txt
"""

import asyncio
import math
import signal
import sys

from bullmq import UnrecoverableError, Worker


def evaluate(design):
    """The experiment: the reward of one design. Replace it by yours; raise an exception where it fails."""
    x, y = float(design["x"]), float(design["y"])
    return -((x - 0.3) * (x - 0.3)) - (y - 0.7) * (y - 0.7)


async def work(job, _token):
    if job.data.get("aborted"):
        job.opts["removeOnFail"] = True
        raise UnrecoverableError("aborted")
    # In a thread, so that the job's lock is renewed meanwhile.
    reward = await asyncio.to_thread(evaluate, job.data["design"])
    if not math.isfinite(reward):
        raise UnrecoverableError(f"returned {reward}, a finite number was expected")
    return float(reward)


async def main(url, queue="diffopt"):
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    worker = Worker(queue, work, {"connection": url, "concurrency": 1, "maxStalledCount": 3})
    await end.wait()
    # Ends what runs, takes nothing more.
    await worker.close()


asyncio.run(main(*sys.argv[1:]))
