"""Journeys of a client with a file of a kind with the steps that Airlock ships."""

from datetime import timedelta

from tests.examples import PNG
from tests.faults.client_journeys import Journey, create, post, put, put_part
from tests.faults.scanner import INFECTED
from tests.faults.shipped_steps import CSV
from tests.faults.simulation import Simulation

AFTER_THE_VERDICT = timedelta(minutes=31)
"""Longer than the step waits for the first verdict."""


def upload_with_scan(simulation: Simulation) -> None:
    put(simulation, create(simulation, PNG, kind="scanned")["upload"], PNG)
    simulation.deliver()


def hear_the_verdict_before_the_event(simulation: Simulation) -> None:
    simulation.scanner.comes_early = True
    upload_with_scan(simulation)


def hear_the_verdict_twice(simulation: Simulation) -> None:
    """And before it an infected one of another version, which says nothing."""
    simulation.scanner.repeats = 2
    upload_with_scan(simulation)


def upload_an_infected_file(simulation: Simulation) -> None:
    simulation.scanner.result = INFECTED
    upload_with_scan(simulation)


def upload_an_infected_file_in_parts(simulation: Simulation) -> None:
    """The verdict comes before the event. No URL can write the key again, so the staged bytes are deleted at once."""
    simulation.scanner.result, simulation.scanner.comes_early = INFECTED, True
    document_id = put_part(simulation, kind="scanned")
    assert simulation.request("POST", f"/documents/{document_id}/complete").status in (200, 202)
    simulation.deliver()


def submit_a_scanned_form_twice(simulation: Simulation) -> None:
    """Both versions are scanned, and one of them becomes the document."""
    upload = create(simulation, PNG, method="POST", kind="scanned")["upload"]
    post(simulation, upload, PNG)
    post(simulation, upload, PNG)
    simulation.deliver()


def lose_the_verdict(simulation: Simulation) -> None:
    """The sweep runs the step again, which asks for another scan."""
    simulation.scanner.lost = 1
    upload_with_scan(simulation)
    simulation.age(AFTER_THE_VERDICT)
    simulation.sweep()
    simulation.deliver()


def lose_an_infected_verdict(simulation: Simulation) -> None:
    """The document waits for the next verdict, however often its step runs."""
    simulation.scanner.result = INFECTED
    lose_the_verdict(simulation)


def find_malware_in_a_ready_document(simulation: Simulation) -> None:
    """Its scanner has learned a signature since, and an operator has it scanned again."""
    upload_with_scan(simulation)
    _rescan(simulation)


def find_malware_in_a_deleted_document(simulation: Simulation) -> None:
    upload_with_scan(simulation)
    [document] = simulation.documents()
    assert simulation.request("DELETE", f"/documents/{document.id}").status == 204
    _rescan(simulation)


def _rescan(simulation: Simulation) -> None:
    [document] = simulation.documents()
    assert document.stored_version is not None
    simulation.scanner.result = INFECTED
    simulation.calls.scans.ask(document.documents_key, document.stored_version)
    simulation.deliver()


def upload_a_picture(simulation: Simulation) -> None:
    """A clean verdict, then renditions that replace the original."""
    put(simulation, create(simulation, PNG, kind="picture")["upload"], PNG)
    simulation.deliver()


def import_a_table(simulation: Simulation) -> None:
    """The real worker checks the rows, and stores them with a report."""
    upload = create(simulation, CSV, kind="imported", fileName="people.csv", contentType="text/csv")["upload"]
    put(simulation, upload, CSV)
    simulation.deliver()


STEP_JOURNEYS: list[Journey] = [
    upload_with_scan,
    hear_the_verdict_before_the_event,
    hear_the_verdict_twice,
    upload_an_infected_file,
    upload_an_infected_file_in_parts,
    submit_a_scanned_form_twice,
    lose_the_verdict,
    lose_an_infected_verdict,
    find_malware_in_a_ready_document,
    find_malware_in_a_deleted_document,
    upload_a_picture,
    import_a_table,
]
FEW_STEP_JOURNEYS: list[Journey] = [
    lose_an_infected_verdict,
    find_malware_in_a_ready_document,
    upload_a_picture,
    import_a_table,
]
"""One of each step, and a rescan."""
