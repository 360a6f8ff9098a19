"""The shelf of reports: which of them a person may see, and where their files lie."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from compliance.database import firm_reading, firm_session
from compliance.identity import Actor
from compliance.jobs import Job, JobState, NoSuchJobError, find_job, jobs_of_firm, restart
from compliance.worker.embedded import wake
from compliance.worker.portfolio import FOLDER, KIND, may_see_portfolio

REPORT = "report"


def reports_of(engine: Engine, actor: Actor) -> Sequence[Job]:
    """The reports of the firm that the person may see, newest first."""
    with firm_reading(engine, actor.firm_id) as session:
        jobs = [*jobs_of_firm(session, REPORT), *jobs_of_firm(session, KIND)]
    seen = [job for job in jobs if job.kind == REPORT or may_see_portfolio(engine, actor, job)]
    return sorted(seen, key=lambda job: job.created_at, reverse=True)


def find_report(engine: Engine, actor: Actor, job_id: UUID) -> Job:
    """A report of the firm; raises NoSuchJobError for any other job, and where one may not see."""
    with firm_reading(engine, actor.firm_id) as session:
        job = find_job(session, job_id)
    if job.kind == REPORT or (job.kind == KIND and may_see_portfolio(engine, actor, job)):
        return job
    raise NoSuchJobError(str(job_id))


def report_file(data_dir: Path, job: Job) -> Path:
    """Where the finished file lies; the name comes from us, never from a user."""
    folder = FOLDER if job.kind == KIND else str(job.firm_id)
    return data_dir / "reports" / folder / Path(str((job.result or {}).get("file", ""))).name


def make_again(engine: Engine, actor: Actor, job_id: UUID, data_dir: Path) -> None:
    """Queue a report again that failed, was called off, or whose file is gone."""
    job = find_report(engine, actor, job_id)
    lost = job.state == JobState.DONE and not report_file(data_dir, job).is_file()
    with firm_session(engine, actor.firm_id) as session:
        restart(session, job_id, lost=lost)
    wake()
