"""Run queries in processes that can be killed: `Pool.run(Job(query=…))` gives an `Answer`."""

from __future__ import annotations

from kg.pool.processes import Pool, WorkerDied
from kg.pool.worker import Answer, Job, answer

__all__ = ["Answer", "Job", "Pool", "WorkerDied", "answer"]
