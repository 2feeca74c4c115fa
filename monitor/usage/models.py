"""Tables of usage: the consumers of a host, what each used in each bucket of time, and what belongs to no one by name."""

from __future__ import annotations

from django.db import models

from monitor.hosts.models import Host
from monitor.metrics import parts
from monitor.metrics.usage import Kind

LONGEST_NAME, LONGEST_USER = 100, 40
NAMED = ("consumer__kind", "consumer__name", "consumer__user")
"""The order of the consumers of a bucket, in exported history too: which of equals keeps its name is the same everywhere."""
SUMS = ("covered_ms", "machine_cpu_ms", "not_seen_ms")
"""What a bucket tells besides what its others used."""


class ConsumerKind(models.TextChoices):
    """What a consumer is."""

    SERVICE = Kind.SERVICE.value
    CONTAINER = Kind.CONTAINER.value
    SESSION = Kind.SESSION.value
    PROGRAM = Kind.PROGRAM.value
    KERNEL = Kind.KERNEL.value
    LOADMON = Kind.LOADMON.value


class Consumer(models.Model):
    """One consumer of one host: the dictionary of names that the rows of usage point into."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=10, choices=ConsumerKind.choices)
    name = models.CharField(max_length=LONGEST_NAME)
    user = models.CharField(max_length=LONGEST_USER, blank=True)
    is_unused = models.BooleanField(db_default=False, help_text="No row told of it at the last look.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "kind", "name", "user"], name="consumer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.user})" if self.user else self.name


class Sums(models.Model):
    """What was used, as whole numbers: the fields of `metrics.usage.Used`."""

    cpu_ms = models.BigIntegerField(db_default=0)
    highest_permille = models.IntegerField(db_default=0)
    memory_mib_s = models.BigIntegerField(db_default=0)
    memory_highest_mib = models.IntegerField(db_default=0)
    read_kib = models.BigIntegerField(null=True, help_text="Null where nobody may know.")
    written_kib = models.BigIntegerField(null=True, help_text="Null where nobody may know.")
    waiting_ms = models.BigIntegerField(db_default=0)
    processes = models.IntegerField(db_default=0)
    started = models.IntegerField(db_default=0)
    ended = models.IntegerField(db_default=0)

    class Meta:
        abstract = True


class Usage(Sums):
    """What one consumer used in one bucket; without a rowid: its key is its place."""

    pk = models.CompositePrimaryKey("host_id", "tier", "start", "consumer_id")
    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    tier = models.IntegerField(help_text="Minutes that the bucket lasts.")
    start = models.IntegerField(help_text="Minutes since the epoch.")
    consumer = models.ForeignKey(
        Consumer,
        on_delete=models.DO_NOTHING,  # a name goes when no row tells of it: looking for that needs no index
        db_index=False,
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"{self.consumer_id} of {self.host_id}@{self.start}"


class UsageBucket(Sums):
    """One bucket of a tier: the time that it speaks for, and what its rows do not tell by name.

    Its sums are those of *others*: consumers that no row tells of because they used little.
    """

    pk = models.CompositePrimaryKey("host_id", "tier", "start")
    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    tier = models.IntegerField(help_text="Minutes that the bucket lasts.")
    start = models.IntegerField(help_text="Minutes since the epoch.")
    covered_ms = models.BigIntegerField(db_default=0)
    machine_cpu_ms = models.BigIntegerField(db_default=0)
    not_seen_ms = models.BigIntegerField(db_default=0)
    is_taken = models.BooleanField(
        db_default=False, help_text="It is thinned, and if it is a minute the coarser tiers hold it, too."
    )

    class Meta:
        indexes = [
            # Read by settling: what is left to do, of all that is kept.
            models.Index(
                fields=["start", "host", "tier"], condition=models.Q(is_taken=False), name="usage_not_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host_id}@{self.start}"


class PartKind(models.TextChoices):
    """What a part of a machine is."""

    FILE_SYSTEM = parts.Kind.FILE_SYSTEM.value, "File system"
    DISK = parts.Kind.DISK.value, "Disk"
    INTERFACE = parts.Kind.INTERFACE.value, "Interface"


class Part(models.Model):
    """One part of one host: the dictionary of names that the rows of its past point into."""

    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=11, choices=PartKind.choices)
    name = models.CharField(max_length=LONGEST_NAME)
    seen = models.IntegerField(help_text="Minutes since the epoch: when it was last measured, about.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "kind", "name"], name="part_once")]

    def __str__(self) -> str:
        return self.name


class PartUsage(models.Model):
    """What one part held and moved in one bucket, as whole numbers: the fields of `metrics.parts.PartUsed`.

    All tiers are written at once, so that none has to be made of another.
    """

    pk = models.CompositePrimaryKey("host_id", "tier", "start", "part_id")
    host = models.ForeignKey(Host, on_delete=models.CASCADE, db_index=False)
    tier = models.IntegerField(help_text="Minutes that the bucket lasts.")
    start = models.IntegerField(help_text="Minutes since the epoch.")
    part = models.ForeignKey(Part, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False)
    seen_ms = models.BigIntegerField(
        db_default=0,
        help_text="For how long it was measured; more than the bucket where nothing moved before.",
    )
    used_kib_s = models.BigIntegerField(null=True)
    size_kib_s = models.BigIntegerField(null=True)
    used_highest_kib = models.BigIntegerField(null=True)
    inodes_permyriad_s = models.BigIntegerField(null=True, help_text="Null without a fixed number of inodes.")
    inodes_highest_permyriad = models.IntegerField(null=True)
    in_bytes = models.BigIntegerField(null=True, help_text="Read from a disk, received by an interface.")
    out_bytes = models.BigIntegerField(null=True, help_text="Written to a disk, sent by an interface.")
    in_highest = models.BigIntegerField(null=True)
    out_highest = models.BigIntegerField(null=True)
    busy_ms = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.part_id} of {self.host_id}@{self.start}"
