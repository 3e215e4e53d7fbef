"""The contract of the pictures, on SQLite and PostgreSQL."""

from datetime import timedelta

import msgspec

from bot.domain.stored_records import FollowedJob
from bot.store import Change, Picture, Recording, Store
from bot.store.pictures import MOST, want_picture
from tests.support.samples import NOW, REF, draft, followed, job_info, watch


def want(store: Store, *numbers: int) -> None:
    """Note that jobs are to get pictures."""
    with store.database.write() as connection:
        for number in numbers:
            want_picture(connection, msgspec.structs.replace(REF, job_id=f"job{number:03}"), number)


def test_a_picture_is_wanted_with_the_end_or_not_at_all(store: Store) -> None:
    """A change that comes too late leaves no row, and late details don't ask for a second one."""
    made = watch()
    store.jobs.record(Recording(job=followed(), watch=made, drafts=(draft(id=made.root_id),)))
    late = FollowedJob(info=job_info(state="DONE", finished=True), version=7)
    assert not store.jobs.apply(Change(job=late, picture=True))
    assert store.pictures.due(NOW) == []
    for version in range(2):
        assert store.jobs.apply(Change(job=msgspec.structs.replace(late, version=version), picture=True))
    assert store.pictures.due(NOW) == [Picture(ref=REF)]


def test_each_step_is_noted(store: Store) -> None:
    """How far it is, how often it was tried, and when it is due again."""
    want(store, 1)
    (picture,) = store.pictures.due(NOW)
    store.pictures.put(msgspec.structs.replace(picture, file_id="F1", completed=True))
    store.pictures.later(picture.ref, NOW + timedelta(seconds=5))
    assert store.pictures.due(NOW) == []
    assert store.pictures.due(NOW + timedelta(seconds=5)) == [
        Picture(ref=picture.ref, file_id="F1", completed=True, attempts=1)
    ]
    store.pictures.remove(picture.ref)
    assert store.pictures.due(NOW + timedelta(days=1)) == []


def test_many_ends_at_once_do_not_get_pictures(store: Store) -> None:
    """The oldest have theirs, and come first."""
    want(store, *range(MOST + 10))
    found = store.pictures.due(NOW, 1_000)
    assert [picture.ref.job_id for picture in found] == [f"job{number:03}" for number in range(MOST)]
    store.pictures.remove(found[0].ref)
    want(store, 900, 901)
    assert store.pictures.due(NOW, 1_000)[-1].ref.job_id == "job900"


def test_old_rows_are_pruned(store: Store) -> None:
    """Such as those of a bot whose pictures were turned off."""
    want(store, 1)
    store.prune(NOW)
    assert store.pictures.due(NOW) == []
