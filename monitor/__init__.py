"""loadmon: what keeps a machine busy, since when, by what, and who is told.

The map of the house. Each folder is a room, and a room may use those above it:

    metrics/        what is measured, in which unit, and how it is told: catalogue, reading, gaps, windows, text (pure)
    conf/           the settings, from environment variables
    hosts/          the monitored machines
    access/         who may look and who may act
    database/       the SQLite file and its care
    runtime/        our own processes: name, clock, lock, supervisor (no Django)
    collectors/     reads this machine (no Django)
    history/        samples, tiers, spans, retention
    diagnosis/      what keeps a machine busy, and who (pure)
    live/           carries events to browsers
    usage/          who used a machine, over time: consumers, their sums by bucket, parts
    rules/          when an alert fires
    alerts/         alerts as rows: recorded, restored, explained, found, acted on
    notifications/  silences, outbox, messages, transports, the notifier
    loadtests/      load tests and drills
    ingest/         the one door in
    transfer/       export and import
    demo/           a made-up host
    checks/         Django's system checks
    doctor/         what is wrong with this installation
    sampler/        the loop of the sampler
    web/            pages, JSON API and live socket
    admin/          Django's admin
    templatetags/   what templates call
    management/     the commands of manage.py
    migrations/     the history of the tables
    frontend/       the lock file of the one script that is not ours

In a room, models.py holds its tables, domain/ its decisions (which import the standard library, metrics and the domain/
of rooms above), `__all__` of its __init__.py what other rooms may import. `models.py` beside this file lists all tables
for Django and is imported by no other module of the program; tests and scripts may.
"""
