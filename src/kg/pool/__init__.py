"""Run queries in processes that can be killed: `Pool.run(Job(query=…))` gives an `Answer`."""

from __future__ import annotations

from kg.pool.engine import answer
from kg.pool.jobs import Answer, Job
from kg.pool.plan import Service, Writing
from kg.pool.processes import Call, Pool, Stream

__all__ = ["Answer", "Call", "Job", "Pool", "Service", "Stream", "Writing", "answer"]
